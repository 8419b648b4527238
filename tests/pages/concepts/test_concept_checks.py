"""The panels of the Concepts page that check a concept's sentences, as a visitor's script run sees them."""

import re
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from expertlens_core.concepts import Concept, Library, load_library, own_libraries, write_library
from expertlens_core.concepts.draft import Draft, new_draft_id, read_draft, write_draft
from expertlens_core.concepts.own_library import add_concepts
from expertlens_core.defaults import DEFAULT_LIBRARY
from pages.parts.concepts.audit import audit_table
from pages.parts.concepts.check import finding_table
from pages.shared.services import services

EVERYDAY = load_library("everyday")
SOUND = Concept(
    "bus", EVERYDAY["bus"].positives[:60], EVERYDAY["golf"].positives[:75] + EVERYDAY["lung"].positives[:75]
)
FAULTY = replace(
    SOUND,
    positives=(*SOUND.positives, SOUND.positives[0], "The cafÃ© on the bus sold tea."),
    negatives=(
        *(SOUND.negatives or ()),
        "Another bus came after the rain.",
        "Nobody knew where his buses had gone.",
    ),
)
COPY = "Make a copy of your own and mend it"


def panel(app: AppTest) -> str:
    (label,) = (each.label for each in app.expander if each.label.startswith("Check the sentences"))
    return label.removeprefix("Check the sentences: ")


def buttons(app: AppTest, label: str):
    return [each for each in app.button if each.label == label]


def kinds(app: AppTest) -> list[str]:
    texts = (each.value for each in app.markdown)
    return [
        text.split("**")[1].strip(".").lower()
        for text in texts
        if re.match(r":\w+\[:material/\w+:\] \*\*", text)
    ]


def test_a_sound_concept_has_notes_only_and_no_button(open_page):
    add_concepts("mine", [SOUND])
    app = open_page(library="mine", concept="bus")
    assert not app.exception
    assert panel(app) == "1 note"
    assert kinds(app) == ["keyword"]
    assert not buttons(app, "Mend it")


def test_each_fault_of_an_own_library_is_mended_by_its_button(open_page):
    add_concepts("mine", [FAULTY])
    app = open_page(library="mine", concept="bus")
    assert panel(app) == "3 warnings, 1 note"
    assert kinds(app)[:3] == ["copies", "name in negatives", "encoding"]
    assert "Ã©" in "".join(each.value for each in app.markdown)
    for left in (2, 1, 0):
        app = buttons(app, "Mend it")[0].click().run()
        assert not app.exception
        assert (
            sum("warning" in each.value for each in app.markdown if each.value.startswith(":orange[")) == left
        )
    after = load_library("mine")["bus"]
    assert after.positives == (*SOUND.positives, "The café on the bus sold tea.")
    assert after.negatives == SOUND.negatives


def test_a_library_of_others_is_mended_in_a_copy(open_page, tmp_path):
    place = tmp_path / "theirs.json"
    write_library(Library("theirs", (FAULTY, replace(SOUND, name="coach"))), place)
    before = load_library(place)
    app = open_page(library=str(place), concept="bus")
    assert not buttons(app, "Mend it")
    app = buttons(app, COPY)[0].click().run()
    assert not app.exception
    assert own_libraries() == ("theirs-mended",)
    assert len(load_library("theirs-mended")["bus"].positives) == len(FAULTY.positives) - 1
    assert load_library("theirs-mended")["coach"].positives == SOUND.positives
    assert load_library(place) == before
    assert buttons(app, "Mend it"), "the copy is chosen, and is the visitor's own"


def test_a_draft_is_mended_where_it_is_typed(open_page):
    draft = write_draft(
        Draft(
            new_draft_id(),
            "bus",
            positives="\n".join(FAULTY.positives),
            negatives="\n".join(FAULTY.negatives or ()),
        )
    )
    app = open_page(part="write", draft=draft.id)
    assert "name in negatives" in kinds(app)
    for _ in range(2):
        app = buttons(app, "Mend it")[0].click().run()
        assert not app.exception
    kept = read_draft(draft.id)
    assert kept is not None
    assert kept.negatives.splitlines() == list(SOUND.negatives or ())
    assert "The café on the bus sold tea." in kept.positives
    assert not buttons(app, "Mend it")


def test_a_hostile_sentence_stays_text(open_page):
    evil = "<img src=x onerror=alert(1)> **bus**"
    other = replace(SOUND, name="coach", positives=(*SOUND.positives, "<b>&amp;</b> cafÃ©"))
    add_concepts("mine", [replace(SOUND, name=evil), other])
    app = open_page(library="mine", concept="coach")
    assert "other concepts" in kinds(app), "which names the other one"
    assert not app.exception
    assert not any("<img" in each.value.replace("\\<", "") for each in (*app.markdown, *app.caption))


def test_findings_are_a_table(open_page):
    from expertlens_core.concepts.checks import check_concept, sentence_sets

    table = finding_table(check_concept(sentence_sets(FAULTY)))
    assert list(table["kind"][:3]) == ["copies", "name in negatives", "encoding"]
    assert {"level", "number", "found", "effect", "mend", "mendable"} <= set(table.columns)


def test_sentences_of_another_sense_are_looked_for_and_taken_out(open_page, until):
    world = load_library(DEFAULT_LIBRARY)
    concept = replace(world["gymnastics"], positives=world["gymnastics"].positives[:40], kinds=(), origins=())
    add_concepts("mine", [replace(concept, negatives=world["corn"].positives[:100])])
    app = open_page(library="mine", concept="gymnastics")
    (start,) = buttons(app, "Look for sentences of another sense")
    start.click().run()
    until(lambda: not any(job.active for job in services().jobs.all()), 120)
    app = open_page(library="mine", concept="gymnastics")
    assert not app.exception
    rows = buttons(app, "Take out")
    assert len(rows) >= 10
    before = load_library("mine")["gymnastics"].positives
    rows[0].click().run()
    after = load_library("mine")["gymnastics"].positives
    assert len(after) == len(before) - 1
    assert set(after) < set(before)


def test_few_sentences_cannot_be_audited(open_page):
    add_concepts("mine", [replace(SOUND, positives=SOUND.positives[:19])])
    app = open_page(library="mine", concept="bus")
    assert any("at least 20 different sentences" in each.value for each in app.info)
    assert not buttons(app, "Look for sentences of another sense")


def test_the_audits_table_begins_with_the_most_unlike():
    import numpy as np

    from expertlens_core.pipeline import Audit

    table = audit_table(Audit("cat", ("a", "b", "c"), np.array([0.5, 0.1, 0.9]), (1,), 10))
    assert list(table["sentence"]) == ["b", "a", "c"]
    assert list(table["far below the others"]) == [True, False, False]
