"""The router: which pages there are, and what surrounds every one of them."""

import contextlib
import logging
from importlib import import_module
from pkgutil import iter_modules

import streamlit as st

from expertlens_core.errors import InputError
from pages.shared import choices, view
from pages.shared.frame import NARROW, draw_missing_model, explain
from pages.shared.menu import DEFAULT, GROUPS
from pages.shared.plain import plain
from pages.shared.selection import selection
from pages.shared.sidebar import draw_sidebar

# A picture from an icon font would be fetched from a CDN; an emoji is drawn by the browser itself.
st.set_page_config(page_title="ExpertLens Explorer", page_icon="🔎", layout="wide")
for module in iter_modules(
    choices.__path__
):  # each declares its page's fields, whichever page the link opens
    import_module(f"{choices.__name__}.{module.name}")
view.read_link()
page = st.navigation(
    {
        group: [
            st.Page(
                f"{name}.py",
                title=title,
                icon=f":material/{icon}:",
                url_path="" if name == DEFAULT else name,
                default=name == DEFAULT,
                visibility="hidden" if name == "story" else "visible",
            )
            for name, title, icon in pages
        ]
        for group, pages in GROUPS.items()
        if pages
    }
)
view.here(page.url_path or DEFAULT)
view.write_link()  # now already: a page that ends by st.stop cannot at its end
try:
    st.html(NARROW)
    draw_sidebar()
    with contextlib.suppress(InputError):
        selection()  # it may leave a note
    for note in view.take_notes():
        st.warning(plain(note), icon=":material/link_off:")
    draw_missing_model()
    page.run()
except InputError as error:
    explain(str(error))
except Exception as error:
    logging.getLogger("expertlens.pages").exception("the page %s failed", page.title)
    explain(
        f"This page met a fault of its own ({type(error).__name__}). Your work is kept: go to another page, or "
        "reload. The server's log has the details."
    )
finally:
    view.write_link()
