"""The panel that checks a concept's sentences: what was found, what it does, how to mend it."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.concepts import Concept, Library, NegativePool
from expertlens_core.concepts.checks import Finding, check_concept, mended, sentence_sets
from expertlens_core.concepts.checks.sets import SentenceSets
from expertlens_core.concepts.own_library import add_concepts, free_name
from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.models.tokens import token_counter
from pages.shared import view
from pages.shared.plain import plain, problem_kept
from pages.shared.selection import Selection, choose_library
from pages.shared.services import services
from pages.shared.show import table_download
from pages.shared.warned import draw_clean

ICONS = {"warning": ":orange[:material/warning:]", "note": ":gray[:material/info:]"}
HELP = (
    "What speaks against the two sets, before any model reads them. A warning: units may come out as experts that know "
    "something else than the concept. A note: keep it in mind when you read the result."
)


@lru_cache(maxsize=64)
def checked(
    concept: Concept,
    library: Library | None,
    pool: NegativePool | None,
    count: int,
    seed: int,
    counter: Any = None,
) -> tuple[SentenceSets, tuple[Finding, ...]]:
    """A concept's sets, as a find would take them, and what was found in them."""
    if pool is None and not concept.negatives:
        sets = SentenceSets(concept, (), library=library)
    else:
        options = {"count": count, "seed": seed, "count_tokens": counter}
        sets = sentence_sets(concept, library, pool, **options)
    return sets, check_concept(sets)


def counter_of(model: str) -> Callable[[str], int] | None:
    """The tokens of a text in a model that is in memory; None where it is not."""
    resident = services().models.resident().values()
    tokenizer = next((each.tokenizer for each in resident if each.name == model), None)
    return None if tokenizer is None else token_counter(tokenizer)


def finding_table(findings: Sequence[Finding]) -> pd.DataFrame:
    """A row for each finding."""
    columns = ("level", "kind", "number", "beside", "found", "effect", "mend", "mendable")
    return pd.DataFrame(
        [[getattr(each, name) for name in columns] for each in findings], columns=list(columns)
    )


def draw_findings(
    findings: Sequence[Finding], name: str, label: str = "", mend: Callable[[Finding], None] | None = None
) -> None:
    """The panel; `label` and `mend` are those of the button below what one click mends."""
    warnings = sum(each.level == "warning" for each in findings)
    counts = [
        f"{number} {word}{'s' * (number > 1)}" for number, word in _parts(warnings, len(findings)) if number
    ]
    title = f"Check the sentences: {', '.join(counts) or 'nothing speaks against them'}"
    icon = ":material/warning:" if warnings else ":material/fact_check:"
    with st.expander(title, expanded=bool(warnings), icon=icon):
        st.caption(HELP)
        for number, each in enumerate(findings):
            st.markdown(f"{ICONS[each.level]} **{plain(each.kind.capitalize())}.** {plain(each.found)}")
            st.caption(f"{plain(each.effect)} *{plain(each.mend)}*")
            if mend is not None and each.mendable and each.way != "clean":
                view.button(
                    label, mend, each, icon="healing", key=f"mend {each.kind} {number}", help=_does(each)
                )
        if findings:
            table_download(finding_table(findings), f"check of {name}", key=f"findings {name}")


def draw_check(chosen: Selection, findings: Sequence[Finding]) -> None:
    """The panel of a concept in a library: mends in the user's own, in a copy of any other."""
    own = own_library_path(chosen.library_name) is not None
    label = "Mend it" if own else "Make a copy of your own and mend it"
    draw_findings(findings, chosen.concept.key, label, lambda finding: _mend(chosen, finding))
    if any(each.level == "warning" for each in findings):
        draw_clean(chosen)


def put_concept(chosen: Selection, concept: Concept) -> None:
    """Put a changed concept in the place of the chosen one: in the user's own library, else in a copy of the library.

    Raises:
        InputError: where the library cannot be written.
    """
    name, key = chosen.library_name, chosen.concept.key
    if own_library_path(name):
        add_concepts(name, [concept], replaces=key)
    else:
        name = free_name(f"{chosen.library.name}-mended")
        add_concepts(name, [concept if each.key == key else each for each in chosen.library])
    choose_library(name, key)


def _mend(chosen: Selection, finding: Finding) -> None:
    with problem_kept():
        put_concept(chosen, mended(chosen.concept, [finding]))


def _parts(warnings: int, every: int) -> tuple[tuple[int, str], tuple[int, str]]:
    return (warnings, "warning"), (every - warnings, "note")


def _does(finding: Finding) -> str:
    """What the button does, for its tooltip."""
    if finding.way == "decode":
        return "Puts the letters right in these sentences; all else stays."
    count = len(finding.positives) + len(finding.negatives)
    return f"Takes {'this sentence' if count == 1 else f'these {count:,} sentences'} out; all else stays."
