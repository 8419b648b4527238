"""Each fault is found where it is planted and nowhere else, and mending takes it away."""

from dataclasses import replace

import pytest

from expertlens_core.concepts import Concept, Library, load_library, pool_for
from expertlens_core.concepts.checks import KINDS, check_concept, mended, mended_through, sentence_sets
from expertlens_core.concepts.checks.finding import in_both, lift, several
from expertlens_core.concepts.mention import without_name
from expertlens_core.errors import InputError

EVERYDAY = load_library("everyday")
OTHERS = tuple(each for each in EVERYDAY if each.key in ("golf", "chair", "lung", "corn", "red"))
NEGATIVES = tuple(
    sentence
    for row in range(40)
    for each in OTHERS
    for sentence in (each.positives[row], each.positives[-1 - row])
)
"""Facts and stories in turn, like the positives."""
ROWS = range(60)
BUS = EVERYDAY["bus"]
SOUND = Concept(
    "bus",
    tuple(
        without_name(BUS.positives[row], "bus") if row % 3 else BUS.positives[row]
        for row in (*ROWS, *(199 - r for r in ROWS))
    ),
    NEGATIVES[:300],
    kinds=("fact",) * 60 + ("story",) * 60,
)
"""A concept without a fault: two thirds of its sentences do not have the name."""
LIBRARY = Library("some", (SOUND, *OTHERS))


def found(concept, **options):
    return check_concept(
        sentence_sets(concept, options.pop("library", None), options.pop("pool", None), **options)
    )


def kinds(concept, **options):
    return {finding.kind for finding in found(concept, **options)}


def on(change, rows=slice(None), sound=SOUND):
    """The sound concept with some of its positives changed."""
    chosen = set(range(len(sound.positives))[rows])
    return replace(
        sound,
        positives=tuple(change(text) if row in chosen else text for row, text in enumerate(sound.positives)),
    )


def more(positives=(), negatives=()):
    """The sound concept with more sentences."""
    return replace(
        SOUND,
        positives=SOUND.positives + tuple(positives),
        negatives=SOUND.negatives + tuple(negatives),
        kinds=SOUND.kinds + ("fact",) * len(positives),
    )


FAULTS = {
    "size": (
        replace(SOUND, positives=SOUND.positives[:19], kinds=(), negatives=SOUND.negatives[:48]),
        "warning",
    ),
    "balance": (replace(SOUND, negatives=SOUND.negatives[:100]), "warning"),
    "copies": (more(positives=[f"**{SOUND.positives[3].upper()}**"]), "warning"),
    "near-copies": (more(positives=[f"{text[:-1]} today." for text in SOUND.positives[:12]]), "warning"),
    "both sets": (more(negatives=[f" {SOUND.positives[0]}"]), "warning"),
    "near both sets": (
        more(negatives=[f"{text[:-1]} today." for text in SOUND.positives[1:16:2]]),
        "warning",
    ),
    "name in negatives": (
        more(negatives=[f"Two buses and {row} tins stood there." for row in range(4)]),
        "warning",
    ),
    "encoding": (on(lambda text: f"{text} Itâ€™s a cafÃ© &amp; bar.", slice(2)), "warning"),
    "lost letters": (on(lambda text: text.replace("e", "\ufffd", 1), slice(3)), "warning"),
    "form": (on(lambda text: f"- {text}"), "warning"),
    "language": (
        on(lambda _: "Der Mann ist mit dem Zug nicht nach Hause gefahren.", slice(0, 20)),
        "warning",
    ),
    "length": (on(lambda text: f"{text[:-1]}, {' '.join(['and', 'then', 'some'] * 4)}."), "warning"),
    "variety": (
        on(lambda text: f"The bus had a {text.split()[1]} in it and the man saw it there again."),
        "warning",
    ),
    "keyword": (on(lambda text: f"{text[:-1]} on a bus."), "note"),
    "vocabulary": (
        Concept("drift", tuple(each.positives[row] for row in (3, 103) for each in EVERYDAY)),
        "note",
    ),
    "other concepts": (more(positives=OTHERS[0].positives[60:67]), "warning"),
    "cut": (on(lambda text: f"{text} {text} {text} {text}", slice(8)), "warning"),
}
"""Kind → a concept with that fault and perhaps others that follow from it, and the level of the finding."""
LATER = {"kind", "neutral pool"}
"""Kinds that need negatives that were drawn, below."""


def options(kind):
    if kind in ("vocabulary", "other concepts"):
        return {"library": EVERYDAY if kind == "vocabulary" else LIBRARY}
    return {"count_tokens": lambda text: len(text.split()), "max_tokens": 40} if kind == "cut" else {}


def test_every_kind_has_its_planted_fault():
    assert set(FAULTS) | LATER == set(KINDS)


@pytest.mark.parametrize("kind", FAULTS)
def test_a_planted_fault_is_found_and_a_sound_concept_has_none(kind):
    concept, level = FAULTS[kind]
    assert level in {each.level for each in found(concept, **options(kind)) if each.kind == kind}
    assert kind not in kinds(SOUND, **options(kind))


def test_nothing_at_all_is_said_of_a_sound_concept():
    assert found(SOUND, library=LIBRARY, count_tokens=lambda text: len(text.split()), max_tokens=60) == ()


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in FAULTS
        if kind not in ("size", "balance", "length", "variety", "keyword", "vocabulary")
    ],
)
def test_mending_takes_the_fault_away_and_nothing_else(kind):
    concept, _ = FAULTS[kind]
    findings = [each for each in found(concept, **options(kind)) if each.kind == kind]
    assert all(each.mendable for each in findings)
    better = mended(concept, findings)
    assert kind not in kinds(better, **options(kind))
    assert len(better.kinds) == len(better.positives)
    kept = set(better.positives) & set(SOUND.positives)
    assert len(kept) >= len(SOUND.positives) - 20
    assert mended(better, found(better, **options(kind))).digest == better.digest or kind in (
        "near both sets",
    )


@pytest.mark.parametrize("kind", ["size", "balance", "length", "variety", "keyword", "vocabulary"])
def test_what_only_the_writer_can_mend_has_no_click(kind):
    concept, _ = FAULTS[kind]
    assert not any(each.mendable for each in found(concept, **options(kind)) if each.kind == kind)


def test_kinds_that_differ_are_found_in_drawn_negatives():
    concept = replace(BUS, positives=BUS.positives, kinds=BUS.kinds)
    facts = [row for row, each in enumerate(BUS.kinds) if each == "fact"]
    only = replace(
        concept, positives=tuple(BUS.positives[row] for row in facts), kinds=tuple("fact" for _ in facts)
    )
    pool = pool_for(EVERYDAY)
    assert "kind" not in kinds(concept, library=EVERYDAY, pool=pool)
    stories = replace(pool, kinds=tuple("story" for _ in pool.kinds))
    (finding,) = (each for each in found(only, pool=stories) if each.kind == "kind")
    assert (finding.level, finding.number) == ("warning", 1.0)


def test_the_neutral_pool_is_noted():
    alone = replace(SOUND, negatives=None)
    (finding,) = (each for each in found(alone) if each.kind == "neutral pool")
    assert (finding.level, finding.mendable) == ("note", False)


def test_the_built_in_library_has_no_warning():
    pool = pool_for(EVERYDAY)
    warned = {
        concept.key: [
            each.found for each in found(concept, library=EVERYDAY, pool=pool) if each.level == "warning"
        ]
        for concept in EVERYDAY
    }
    assert {key: some for key, some in warned.items() if some} == {}


def test_mending_goes_on_until_nothing_is_left():
    """A sentence in a wrong encoding turns out to be a copy."""
    twice = more(positives=["Thereâ€™s a café at the terminus.", "There's a café at the terminus."])
    assert "copies" not in kinds(twice)
    better = mended_through(twice, found)
    assert better.positives == (*SOUND.positives, "There’s a café at the terminus.")
    assert found(better) == ()


def test_drawn_negatives_are_never_taken_out():
    drawn = replace(SOUND, negatives=None, positives=(*SOUND.positives, SOUND.positives[0]), kinds=())
    better = mended(drawn, found(drawn))
    assert better.negatives is None
    assert better.positives == SOUND.positives


def test_mending_that_leaves_too_little_is_refused():
    two = Concept("bus", ("A bus came.", "a bus came."), NEGATIVES[:60])
    with pytest.raises(InputError) as error:
        mended(two, found(two))
    assert str(error.value) == (
        "mending would leave 1 positive sentence of 'bus': expected at least 2, so add sentences first"
    )


def test_kinds_and_origins_stay_with_their_sentences():
    marked = replace(
        SOUND, origins=tuple(map(str, range(120))), positives=(SOUND.positives[5], *SOUND.positives[1:])
    )
    better = mended(marked, found(marked))
    assert better.origins == tuple(str(row) for row in range(120) if row != 5)


def test_every_finding_speaks_in_short_whole_sentences():
    for kind, (concept, _) in FAULTS.items():
        for each in found(concept, **options(kind)):
            for text in (each.found, each.effect, each.mend):
                assert text.endswith(".")
                assert len(text) <= 300


def test_broader_concepts_may_share_sentences():
    wide = Concept("vehicle", SOUND.positives)
    narrow = replace(SOUND, broader="vehicle")
    assert "other concepts" not in kinds(narrow, library=Library("some", (narrow, wide, *OTHERS)))
    assert "other concepts" in kinds(SOUND, library=Library("some", (SOUND, wide, *OTHERS)))


def test_lift_is_the_share_of_the_way_to_one():
    assert (lift(0.25, 0.25), lift(1.0, 0.25), lift(0.625, 0.25)) == (0.0, 1.0, 0.5)


def test_more_than_half_of_a_set_is_never_taken_out_by_a_click():
    most = replace(SOUND, positives=SOUND.positives[:2] * 20, kinds=())
    (finding,) = (each for each in found(most) if each.kind == "copies")
    assert (len(finding.positives), finding.mendable) == (38, False)


def test_what_cannot_be_mended_is_passed_over():
    few = Concept("bus", ("Itâ€™s a bus.", "It’s a bus.", "It’s  a bus."), NEGATIVES[:60])

    def check(concept):
        return [
            replace(each, way=each.way or "take out")
            for each in found(concept)
            if each.kind in ("copies", "encoding")
        ]

    better = mended_through(few, check)
    assert better.positives == ("It’s a bus.", "It’s a bus."), "one alone would be no set"


def test_of_a_chain_of_near_copies_only_the_middle_goes():
    chain = [
        "One red tram stood near the old gate at noon today.",
        "One red tram stood near the new gate at noon today.",
        "Two big tram stood near the new gate at noon today.",
    ]
    (finding,) = (each for each in found(more(positives=chain)) if each.kind == "near-copies")
    assert finding.positives == (len(SOUND.positives) + 1,)


def test_counts_are_told_in_words():
    assert in_both(1, 0) == "1 positive sentence"
    assert in_both(0, 2) == "2 negative sentences"
    assert in_both(1, 1200) == "1 positive and 1,200 negative sentences"
    assert several(1) == "1 sentence"
