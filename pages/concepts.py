"""Concepts: what is looked for, with its sentences; write or bring your own."""

from pages.parts.concepts.browse import draw_browse
from pages.parts.concepts.draft import keep
from pages.parts.concepts.harvest import draw_harvest
from pages.parts.concepts.upload import draw_upload
from pages.parts.concepts.word import draw_word
from pages.parts.concepts.write import draw_write
from pages.shared import view
from pages.shared.choices.concepts import PART, PARTS
from pages.shared.frame import heading
from pages.shared.plain import draw_problem
from pages.shared.selection import selection
from pages.shared.undo import draw_undo

heading("Concepts", "What is looked for, and are its sentences good?")
view.segments("What to do", PARTS, PART, label_visibility="collapsed")
keep()
draw_undo()
match view.get(PART):
    case "write":
        draw_write()
    case "word":
        draw_problem()
        draw_word()
    case "upload":
        draw_problem()
        draw_upload()
    case "harvest":
        draw_problem()
        draw_harvest()
    case _:
        draw_problem()
        draw_browse(selection())
