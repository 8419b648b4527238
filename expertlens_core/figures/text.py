"""Words that go with a figure: its caption, and the methods paragraph and references of a paper.

All are written from the metadata that a result carries, `Found.about` or `Aligned.about`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..models.label import model_label

_REFUSED = re.compile("[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_POOLING = {
    "max": "the maximum over its real tokens (padding and special tokens masked out)",
    "mean": "the mean over its real tokens (padding and special tokens masked out)",
    "last": "the value at its last real token",
    "selfcond-2022": "the maximum over all positions of the sentence padded to {max_tokens} tokens, as in the "
    "2022 code",
}
_REFERENCES = Path(__file__).with_name("references.bib")
_METHOD = ("expertlens2025", "suau2022selfcond")
_JUDGMENTS = {
    "men": "bruni2014men",
    "men-in-the-box": "bruni2014men",
    "simlex999": "hill2015simlex",
    "wordsim353": "finkelstein2002wordsim",
}
"""Judgments → key of their reference."""


def printable(text: str) -> str:
    """The text with U+FFFD for every character that XML 1.0 forbids or discourages.

    Not for looks alone: the library that turns charts into SVG and PNG ends the whole process on one.
    """
    return _REFUSED.sub("\ufffd", text)


def caption(about: Mapping[str, Any], *, tau: float | None = None, note: str = "") -> tuple[str, ...]:
    """Lines such as ``model pythia-70m @ step512 · library everyday · 400 sentences with, 1,000 without``.

    What `about` does not say is left out; `note` is anything else, such as "without token-only modules".
    """
    request = about.get("request") or {}
    model = model_label(str(about.get("model", "")))
    revision = about.get("revision") or request.get("revision")
    sizes = {"positives": "sentences with", "negatives": "without"}
    what = [
        f"model {model}" + (f" @ {revision}" if revision else "") if model else "",
        f"library {about['library']}" if about.get("library") else "",
        ", ".join(f"{about[name]:,} {words}" for name, words in sizes.items() if name in about),
        "" if tau is None else f"tau {tau:.2f}",
        note,
        "with warnings on the sentences" if about.get("warnings") else "",
    ]
    recipe = [
        f"{request['pooling']} pooling" if request.get("pooling") else "",
        f"{request['dtype']} on {about.get('device', 'cpu')}" if request.get("dtype") else "",
        f"at most {request['max_tokens']} tokens" if request.get("max_tokens") else "",
        f"matched by {', '.join(request['match'])}" if request.get("match") else "",
        f"seed {request['seed']}" if "seed" in request else "",
    ]
    versions = about.get("versions") or {}
    made = [
        "ExpertLens Explorer",
        f"shipped, computed on {about['shipped']}" if about.get("shipped") else "",
        *(f"{name} {versions[name]}" for name in ("torch", "transformers", "numpy") if name in versions),
    ]
    return tuple(" · ".join(filter(None, parts)) for parts in (what, recipe, made) if any(parts))


def methods_paragraph(about: Mapping[str, Any], *, tau: float = 0.5, without_token_only: bool = False) -> str:
    """A paragraph for the methods section of a paper; the alignment too, where `about` tells of one."""
    recipe, revision = about["request"], about["revision"]
    pool = f"pool {about['pool']}" if about["pool"] else "the concepts' own negatives"
    pooling = _POOLING[recipe["pooling"]].format(max_tokens=recipe["max_tokens"])
    negatives = "2.5 times as many" if recipe["negatives"] is None else recipe["negatives"]
    sentences = [
        f"We looked for expert units of {about['concepts']} concepts (library {about['library']}, digest "
        f"{about['library_digest'][:12]}) in {model_label(str(about['model']))}"
        f"{f' at {revision[:12]}' if revision else ''}, run in {recipe['dtype']} on {about['device']}.",
        f"Units are the {about['units']:,} output components of the linear maps in the attention and MLP parts of "
        f"every block{', and of their layer norms' if recipe['include_norms'] else ''}.",
        f"A concept was given by at most {recipe['positives']} sentences with it and {negatives} without it "
        f"({pool}, seed {recipe['seed']}); a unit's response to a sentence is {pooling}, with sentences cut at "
        f"{recipe['max_tokens']} tokens.",
        "A unit's expertise is the average precision (AP) with which its response tells the two sets apart; "
        f"experts have an AP above {tau:g}, and concepts are compared by the Jaccard index of their expert sets "
        "[@suau2022selfcond; @expertlens2025].",
    ]
    if without_token_only:
        sentences.append("Modules that see only the current token's embedding were left out.")
    if "judgments" in about:
        sentences += _alignment(about)
    if warned := about.get("warnings"):
        concept, (first, *_) = next(iter(warned.items()))
        sentences.append(
            f"{len(warned)} of the concepts carry warnings on their sentences ({concept}: {first})"
        )
    versions = [f"{name} {version}" for name, version in about["versions"].items() if version]
    return " ".join([*sentences, f"Computed with {', '.join(versions)}."])


def bibtex(about: Mapping[str, Any]) -> str:
    """BibTeX of what the paragraph cites: the method, and the judgments where they are known ones."""
    cited = (*_METHOD, _JUDGMENTS.get(about.get("judgments", "")))
    entries = _REFERENCES.read_text(encoding="utf-8").strip().split("\n\n")
    return "\n\n".join(e for e in entries if e.partition("{")[2].partition(",")[0] in cited) + "\n"


def _alignment(about: Mapping[str, Any]) -> list[str]:
    options, split, judgments = about["align"], about["split"], about["judgments"]
    cited = f" [@{_JUDGMENTS[judgments]}]" if judgments in _JUDGMENTS else ""
    said = [
        f"Similarities were compared with the judgments {judgments}{cited}{f', split {split}' if split else ''} "
        f"by Spearman's rho; intervals are percentile bootstrap intervals ({options['resamples']:,} resamples, "
        f"seed {options['seed']}).",
        "These judgments are a complete matrix of concepts, so concepts were resampled, and p is that of a Mantel "
        f"test ({options['permutations']:,} permutations)."
        if judgments == "taxonomy"
        else f"p is that of a permutation test ({options['permutations']:,} permutations).",
    ]
    if options["baselines"]:
        said.append(f"Baselines on the same pairs: {', '.join(options['baselines'])}.")
    return said
