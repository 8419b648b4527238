"""The negative control: the same world with its links between concepts and attributes shuffled."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from tempfile import TemporaryDirectory

from ..concepts.library import Library
from .criteria import text_similarity
from .criterion import Criterion, domain_keys, domains_of
from .grammar import Grammar
from .lexicon import Attribute, Lexicon, build_lexicon, load_lexicon
from .library import make_library
from .related import unseen_lemmas
from .world_experts import domain_auroc, jaccard, world_experts

STEPS = 1200


def shuffled_lexicon(lexicon: Lexicon, seed: int = 0) -> Lexicon:
    """Every concept keeps how many attributes of each role and grade it has; which ones, is chance.

    The attributes of all links of one role are dealt out anew, so that each stays as frequent as it was; so
    are the grammatical classes, since a pronoun tells a doctor from a bus as well as a verb does.
    """
    rng = random.Random(f"shuffled {seed}")
    dealt: dict[str, list[Attribute]] = {}
    for entry in lexicon.entries:
        for attribute in entry.grades:
            dealt.setdefault(attribute.role, []).append(attribute)
    for attributes in dealt.values():
        rng.shuffle(attributes)
    classes = [entry.flags for entry in lexicon.entries]
    rng.shuffle(classes)
    entries = []
    for entry, flags in zip(lexicon.entries, classes):
        grades: dict[Attribute, float] = {}
        for attribute, grade in entry.grades.items():
            pile = dealt[attribute.role]
            names = entry.names | {entry.broader}
            place = next(
                (i for i, a in enumerate(pile) if a not in grades and names.isdisjoint(a.surface)), None
            )
            if place is not None:
                grades[pile.pop(place)] = grade
        plural = entry.plural or entry.name
        entries.append(replace(entry, grades=grades, flags=flags, plural=plural))
    return build_lexicon(tuple(entries))


def shuffled_world(seed: int = 0) -> tuple[Grammar, Library]:
    """Training grammar and probe sentences of the shuffled world."""
    lexicon = shuffled_lexicon(load_lexicon(), seed)
    unseen = {entry.key: unseen_lemmas(lexicon, entry) for entry in lexicon.entries}
    return Grammar(lexicon), make_library(grammar=Grammar(lexicon, banned=unseen))


def negative_control(
    steps: int = STEPS, seed: int = 0, progress: Callable[[float, str], None] | None = None
) -> list[Criterion]:
    """Criterion 9: train on the shuffled world; its experts must not know the domains."""
    from ..models.loading import load_model
    from .train import train

    grammar, library = shuffled_world(seed)
    keys = domain_keys()
    with TemporaryDirectory() as place:
        losses = train(place, steps=steps, seed=seed, grammar=grammar, progress=progress)
        found = world_experts(load_model(place), library, keys, progress=progress)
    text = domain_auroc(domains_of(keys), text_similarity(library, keys))
    experts = domain_auroc(domains_of(keys), jaccard([found[key] for key in keys], 0.5))
    return [
        Criterion(
            "9",
            "same domain from the experts of a world with shuffled links (AUROC)",
            f"{experts:.3f} after {steps} steps (loss {losses['held_out_loss']:.2f}); its text {text:.3f}",
            "below 0.60",
            experts < 0.60,
        )
    ]
