"""Evidence: are a concept's experts the cause of what the model writes?"""

from pages.parts.evidence.sections import DRAWN
from pages.shared import view
from pages.shared.choices.evidence import SECTION, SECTIONS
from pages.shared.frame import heading
from pages.shared.selection import selection

chosen = selection()
heading("Evidence", "Do these neurons cause what the model writes?")
if len(SECTIONS) > 1:
    view.segments("Show", SECTIONS, SECTION, label_visibility="collapsed")
DRAWN[view.get(SECTION)](chosen)
