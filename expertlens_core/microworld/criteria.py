"""The nine criteria of the small world: each a figure, what was wanted, and met or missed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np

from ..concepts.library import Library
from ..experts.expertise import Expertise
from .corpus import documents, frequencies
from .criterion import Criterion, domain_keys, domains_of
from .frames import PROBE, load_frames
from .grammar import training_grammar
from .lexicon import load_lexicon
from .related import all_unseen, related_words
from .steering_check import SteeringResult
from .world_experts import domain_auroc, jaccard, rename, tf_idf_similarity


def text_similarity(library: Library, keys: Sequence[str], *, content_only: bool = False) -> np.ndarray:
    """TF-IDF cosine of the concepts' sentences with the names taken out."""
    by_key = load_lexicon().by_key
    texts = [" ".join(rename(library[key].positives, by_key[key], " ")) for key in keys]
    return tf_idf_similarity(texts, content_only=content_only)


def text_and_domains(
    library: Library, trained: Mapping[str, Expertise], random: Mapping[str, Expertise]
) -> list[Criterion]:
    """Criterion 1: domains are graded in the text, and the model knows more about them than the text shows."""
    keys = domain_keys()
    domains = domains_of(keys)
    text = domain_auroc(domains, text_similarity(library, keys))
    content = domain_auroc(domains, text_similarity(library, keys, content_only=True))
    aurocs = []
    for expertises in (trained, random):
        found = [expertises[key] for key in keys]
        aurocs.append(domain_auroc(domains, jaccard(found, 0.5)))
        aurocs.append(domain_auroc(domains, jaccard(found, 0.5, without_token_only=True)))
    named = [key for key in library.keys if _names_domain(library, key)]
    return [
        Criterion(
            "1a",
            "same domain from the text alone (TF-IDF without names, AUROC)",
            f"{text:.3f}; without words that nine in ten concepts use {content:.3f}",
            "0.70 to 0.95",
            0.70 <= text <= 0.95,
        ),
        Criterion(
            "1b",
            "same domain from the experts (Jaccard at tau 0.5, AUROC)",
            f"{aurocs[0]:.3f}, without token-only modules {aurocs[1]:.3f}",
            f"above the text's {text:.3f}",
            aurocs[0] > text,
        ),
        Criterion(
            "1c",
            "the same with random weights",
            f"{aurocs[2]:.3f}, without token-only modules {aurocs[3]:.3f}",
            "below 0.65",
            aurocs[2] < 0.65,
        ),
        Criterion(
            "1d", "specific concepts whose sentences name their domain", str(len(named)), "0", not named
        ),
    ]


def _names_domain(library: Library, key: str) -> bool:
    broader = load_lexicon().by_key[key].broader
    if not broader or key == broader:
        return False
    pattern = re.compile(rf"\b{broader.removesuffix('s')}s?\b", re.IGNORECASE)
    return any(pattern.search(sentence) for sentence in library[key].positives)


def reference(
    library: Library,
    trained: tuple[Mapping[str, Expertise], Mapping[str, Expertise]],
    random: tuple[Mapping[str, Expertise], Mapping[str, Expertise]],
) -> list[Criterion]:
    """Criterion 2: reference varies, and experts outlive the name.

    Args:
        library: the probe sentences.
        trained: expertise on the sentences as they are, and with the name replaced.
        random: the same with random weights.
    """
    by_key = load_lexicon().by_key
    shares = []
    for key in library.keys:
        if by_key[key].is_broader:
            continue
        renamed = rename(library[key].positives, by_key[key])
        shares.append(np.mean([a == b for a, b in zip(renamed, library[key].positives)]))
    survival = []
    for plain, without in (trained, random):
        experts = {key: plain[key].ap > 0.5 for key in plain}
        kept = sum(int((experts[key] & (without[key].ap > 0.5)).sum()) for key in plain)
        survival.append(kept / max(1, sum(int(e.sum()) for e in experts.values())))
    return [
        Criterion(
            "2a",
            "positives that do not contain the name (least of all concepts)",
            f"{min(shares):.0%} (mean {np.mean(shares):.0%})",
            "at least 30 %",
            bool(min(shares) >= 0.30),
        ),
        Criterion(
            "2b",
            "experts at tau 0.5 that survive the name test",
            f"{survival[0]:.1%}",
            "at least a third",
            survival[0] >= 1 / 3,
        ),
        Criterion(
            "2c", "the same with random weights", f"{survival[1]:.1%}", "below a third", survival[1] < 1 / 3
        ),
    ]


def unseen_words(library: Library) -> list[Criterion]:
    """Criterion 3: attributes that training has and probe sentences have not."""
    fewest = min(len(lemmas) for lemmas in all_unseen().values())
    leaks = 0
    for key in library.keys:
        words = {w for s in library[key].positives for w in re.findall(r"[a-z]+(?:-[a-z]+)*", s.lower())}
        leaks += len(words & related_words(key)["unseen"])
    return [
        Criterion(
            "3",
            "unseen related lemmas of the concept with fewest; forms found in probe sentences",
            f"{fewest}; {leaks}",
            "at least 8; 0",
            fewest >= 8 and leaks == 0,
        )
    ]


def templates(library: Library) -> list[Criterion]:
    """Criterion 4: frames, and length of fact and story."""
    frames = [frame for found, _ in load_frames().values() for frame in found]
    training = {frame.pattern for frame in frames if frame.section not in PROBE}
    probe = {frame.pattern for frame in frames if frame.section in PROBE}
    lengths: dict[str, list[float]] = {"fact": [], "story": []}
    for concept in library:
        for kind, found in lengths.items():
            words = [len(s.split()) for s, k in zip(concept.positives, concept.kinds) if k == kind]
            found.append(float(np.mean(words)))
    widest = max(max(found) / min(found) for found in lengths.values())
    between = np.mean(lengths["story"]) / np.mean(lengths["fact"])
    return [
        Criterion(
            "4a",
            "syntactic frames for training and for probes; in both",
            f"{len(training)} + {len(probe)}; {len(training & probe)}",
            "at least 200 in all; 0",
            len(training) + len(probe) >= 200 and not training & probe,
        ),
        Criterion(
            "4b",
            "words per sentence: story / fact; longest / shortest concept",
            f"{between:.2f}; {widest:.2f}",
            "0.8 to 1.25; at most 1.35",
            bool(0.8 <= between <= 1.25 and widest <= 1.35),
        ),
    ]


def frequency_spread(checkpoints: Sequence[str], draws: int = 20000) -> list[Criterion]:
    """Criterion 5: concept frequencies, and where the checkpoints lie."""
    shares = frequencies(load_lexicon())
    expected = max(shares.values()) / min(shares.values())
    counts = Counter(e.key for e, _ in islice(documents(training_grammar(), 0), draws // 10))
    steps = [int(name.split("-")[1]) for name in checkpoints]
    return [
        Criterion(
            "5",
            "documents of the most / least frequent concept; checkpoints",
            f"{expected:.0f} times (commonest of {draws // 10} documents: "
            f"{counts.most_common(1)[0][0]}, {counts.most_common(1)[0][1]}); {', '.join(map(str, steps))}",
            "at least 100 times; with 0 and 1",
            expected >= 100 and {0, 1} <= set(steps),
        )
    ]


def senses(trained: Mapping[str, Expertise]) -> list[Criterion]:
    """Criterion 6: the two readings of one word have experts of their own."""
    by_name: dict[str, list[str]] = {}
    for entry in load_lexicon().entries:
        if entry.sense:
            by_name.setdefault(entry.name, []).append(entry.key)
    own, figures = [], []
    for name, (first, second) in by_name.items():
        a, b = trained[first].ap > 0.5, trained[second].ap > 0.5
        own.append(min(int((a & ~b).sum()), int((b & ~a).sum())))
        figures.append(f"{name} {int((a & ~b).sum())} | {int((a & b).sum())} | {int((b & ~a).sum())}")
    return [
        Criterion(
            "6",
            "words with two senses: experts of one | both | the other",
            "; ".join(figures),
            "4 to 6 words; at least 10 experts of its own for each sense",
            4 <= len(by_name) <= 6 and min(own) >= 10,
        )
    ]


def place_and_loss(trained: Mapping[str, Expertise], losses: Mapping[str, float]) -> list[Criterion]:
    """Criterion 7: experts outside token-only modules, and loss."""
    units = next(iter(trained.values())).units
    experts = np.sum([e.ap > 0.7 for e in trained.values()], axis=0)
    outside = float(experts[~units.token_only].sum() / max(1, experts.sum()))
    held_out, training = losses["held_out_loss"], losses["training_loss"]
    return [
        Criterion(
            "7a",
            "experts at tau 0.7 outside token-only modules",
            f"{outside:.1%}",
            "at least 40 %",
            outside >= 0.4,
        ),
        Criterion(
            "7b",
            "held-out and training loss, nats per token",
            f"{held_out:.3f}, {training:.3f}",
            "at most 0.1 apart, held-out at least 1.5",
            abs(held_out - training) <= 0.1 and held_out >= 1.5,
        ),
    ]


def steering(results: Sequence[SteeringResult]) -> list[Criterion]:
    """Criterion 8 and the acceptance of steering."""
    unseen = sum(r.unseen_low > 1 for r in results)
    elsewhere = float(np.median([r.elsewhere for r in results]))
    met = sum(r.met for r in results)
    median = {
        name: float(np.median([getattr(r, name) for r in results]))
        for name in ("ratio", "unseen", "perplexity", "distinct", "control")
    }
    return [
        Criterion(
            "8",
            "concepts whose unseen words rise (lower bound above 1); other domains' words, median ratio",
            f"{unseen} of {len(results)}, median {median['unseen']:.1f} times; {elsewhere:.2f}",
            "at least 90 %; at most 1.1",
            unseen >= 0.9 * len(results) and elsewhere <= 1.1,
        ),
        Criterion(
            "steering",
            "concepts with related words 3 times up, perplexity at most 1.6 times, distinct-2 at least 0.9, "
            "control 0.8 to 1.25",
            f"{met} of {len(results)}; medians: ratio {median['ratio']:.1f}, perplexity "
            f"{median['perplexity']:.2f}, distinct-2 {median['distinct']:.2f}, control {median['control']:.2f}",
            "at least 90 %",
            met >= 0.9 * len(results),
        ),
    ]
