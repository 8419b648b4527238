"""The texts of a causality request as the cache holds them: which there are, and which are missing. Loads no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...artefacts import ArtefactKey, digest_of
from ...concepts import Concept
from ...errors import InputError
from ...run import Run
from ...steering.dose import Dose
from ..finding.plan import Plan, plan_find
from .request import CausalityRequest
from .texts import (
    SHARES,
    Written,
    causal_concepts,
    dose_for,
    known_texts,
    original_key,
    other_of,
    text_key,
)

KINDS = ("steered", "random", "other")
"""What is held against the originals."""


@dataclass(frozen=True, eq=False)
class KeptTexts:
    """The keys of all texts of a request."""

    asked: CausalityRequest
    plan: Plan
    """Of the experts of all its concepts."""
    others: dict[str, Concept]
    """Concept → the one that is its control."""
    doses: dict[str, Dose]
    """Concept → its dose."""
    originals: dict[str, ArtefactKey]
    """Prompt → key."""
    steered: dict[str, dict[str, ArtefactKey]]
    """Concept → prompt → key."""

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """The chosen ones, in library order."""
        return self.plan.concepts

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all keys."""
        keys = [key.digest for key in self.originals.values()]
        return digest_of([keys, [[key.digest for key in some.values()] for some in self.steered.values()]])

    def missing(self, run: Run) -> int:
        """How many texts are still to be written."""
        each, few = texts_of_a_prompt(self.asked)
        lacking = [
            key for some in self.steered.values() for key in some.values() if not run.artefacts.has(key)
        ]
        originals = [key for key in self.originals.values() if not run.artefacts.has(key)]
        return each * len(originals) + (len(KINDS) * each + len(SHARES) * few) * len(lacking)

    def by_kind(self, concept: str, run: Run) -> dict[str, KindTexts]:
        """Kind (``original`` too) → its texts, prompt after prompt.

        Raises InputError where some are not kept.
        """
        keys = [self.originals, self.steered[concept]]
        written = [[_read(some[prompt], run) for prompt in self.asked.prompts] for some in keys]
        found: dict[str, KindTexts] = {}
        for some in written:
            for number, prompt in enumerate(some):
                for kind in prompt.kinds:
                    mine = found.setdefault(kind.kind, KindTexts([], [], []))
                    mine.texts.extend(kind.texts)
                    mine.perplexities.extend(kind.perplexities)
                    mine.places.extend((number, sample) for sample in range(len(kind.texts)))
        return found


@dataclass(frozen=True)
class KindTexts:
    """The texts of one kind."""

    texts: list[str]
    perplexities: list[float]
    """Of the first of each prompt."""
    places: list[tuple[int, int]]
    """Prompt's and sample's number of each text: texts of one place share their random numbers."""


def kept_texts(asked: CausalityRequest, run: Run) -> KeptTexts | None:
    """The keys of a request's texts; None where the model has not been loaded here before, and nothing is known.

    Raises InputError as `causal_concepts` and `plan_find`, and for concepts without related words.
    """
    library = run.library_named(asked.find.library)
    concepts = causal_concepts(asked, library)
    _check_related(concepts)
    wanted = replace(asked.find, names=tuple(concept.key for concept in concepts))
    plan = plan_find(wanted, run.at_hand(library=library))
    if plan.record is None:
        return None
    others = {each.key: other_of(each, concepts) for each in concepts}
    doses = {each.key: dose_for(asked, plan, each, run) for each in concepts}
    steered = {
        each.key: {
            prompt: text_key(asked, plan, each, others[each.key], doses[each.key], prompt)
            for prompt in asked.prompts
        }
        for each in concepts
    }
    originals = {prompt: original_key(asked, plan, prompt) for prompt in asked.prompts}
    return KeptTexts(asked, plan, others, doses, originals, steered)


def texts_of_a_prompt(asked: CausalityRequest) -> tuple[int, int]:
    """Texts of each kind, and at each smaller strength, on one prompt."""
    return asked.on_each(asked.texts), asked.on_each(asked.smaller)


def all_texts(asked: CausalityRequest, concepts: int) -> int:
    """How many texts a request of so many concepts has."""
    each, few = texts_of_a_prompt(asked)
    return len(asked.prompts) * (each + concepts * (len(KINDS) * each + len(SHARES) * few))


def _read(key: ArtefactKey, run: Run) -> Written:
    written = known_texts(key, run)
    if written is None:
        raise InputError(f"{key.label} is not in the cache any more: run causality again, which writes it")
    return written


def _check_related(concepts: Sequence[Concept]) -> None:
    without = [concept.key for concept in concepts if not concept.related]
    if without:
        more = f" and {len(without) - 3} more" if len(without) > 3 else ""
        raise InputError(
            f"{', '.join(without[:3])}{more} of the library has no related words, which the causal evidence "
            "counts: give it some on the Concepts page or by 'concepts edit --related', or name other concepts"
        )
