"""Choices of the Report page."""

from pages.shared.fields import choice, field

PAGE = "report"
JUDGMENTS = {
    "men-in-the-box": "MEN, built-in part",
    "taxonomy": "The library's own domains",
    "men": "All of MEN",
}
"""Judgments that a report can be about → what a reader sees."""
JUDGED = field("report_judgments", "men-in-the-box", choice(*JUDGMENTS), page=PAGE)
