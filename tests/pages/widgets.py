"""Finding the widgets of a page."""

import re

from streamlit.testing.v1 import AppTest


def box(app: AppTest, label: str):
    return next(each for each in (*app.text_input, *app.text_area) if each.label.startswith(label))


def named(widgets, name: str):
    """The widget of that name, whichever turn it is at."""
    return next(each for each in widgets if re.fullmatch(rf"w {name}( \d+)?", each.key or ""))


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def shown(app: AppTest, kind: str) -> str:
    return "\n".join(each.value for each in getattr(app, kind))
