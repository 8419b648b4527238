"""The view: every choice a link can restore. One store for all pages; widgets and the address follow it."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from pages.shared.fields import FIELDS, Field

STORE, NOTES, WRITTEN, TURNS = "view", "link notes", "written to widgets", "turns of widgets"
AS_CHOSEN = object()


def get(field: Field) -> Any:
    return _store().get(field.name, field.default)


def put(field: Field, value: Any) -> None:
    """Choose; the widget and the link follow."""
    store = _store()
    if value == field.default:
        store.pop(field.name, None)
    else:
        store[field.name] = value
    write_link()


def reset(*fields: Field) -> None:
    """Choose what stands at the start."""
    for field in fields:
        put(field, field.default)


def bound(field: Field, after: Callable[[], None] | None = None, shown: Any = AS_CHOSEN) -> dict[str, Any]:
    """Arguments that tie a widget to a field: ``st.slider("tau", 0.05, 0.99, **bound(TAU))``.

    Args:
        field: what the widget chooses.
        after: called when the user has changed it.
        shown: what the widget shows, where that is not what was chosen.
    """

    def take(now: Any) -> None:
        put(field, _value(now))
        if after:
            after()

    written = st.session_state.setdefault(WRITTEN, {})
    key = widget(field.name)
    if key in st.session_state and field.name in written and written[field.name][0] == get(field):
        now = _value(st.session_state[key])
        if now != written[field.name][1]:
            # The visitor changed it, but a second message cut the callback short before it took the change.
            take(now)
            shown = AS_CHOSEN
    showing = get(field) if shown is AS_CHOSEN else shown
    written[field.name] = (get(field), _value(showing))
    return show(field.name, showing, take)


def segments(label: str, options: Mapping[str, str], field: Field, **look: Any) -> None:
    """A row of buttons that chooses one of a field's values (value → its label); `look` as for the widget."""
    st.segmented_control(
        label, list(options), format_func=options.__getitem__, required=True, **look, **bound(field)
    )


def button(
    label: str, act: Callable[..., Any] | None = None, *args: Any, icon: str = "", **look: Any
) -> bool:
    """A button that calls `act` with `args`; `icon` names one of Material's, `look` as for `st.button`."""
    return st.button(label, on_click=act, args=args, icon=f":material/{icon}:" if icon else None, **look)


def widget(name: str) -> str:
    """Key of the widget of that name, as it is on the page now."""
    turn = st.session_state.get(TURNS, {}).get(name, 0)
    return f"w {name} {turn}" if turn else f"w {name}"


def show(name: str, value: Any, taken: Callable[[Any], None]) -> dict[str, Any]:
    """Arguments that make a widget show a value: ``st.selectbox("Concept", keys, **show("concept", "cat", choose))``.

    A widget that the program changes is a new one, with a key of its own. For what the browser sends before it has
    drawn the change still holds the old value, and Streamlit would take that for the visitor's wish to change it back:
    a look of a fragment is enough.

    Args:
        name: of the widget.
        value: what it shows.
        taken: called with the new value when the visitor has changed it.
    """
    key = widget(name)
    if key in st.session_state and _value(st.session_state[key]) != _value(value):
        turns = st.session_state.setdefault(TURNS, {})
        turns[name] = turns.get(name, 0) + 1
        key = widget(name)
    st.session_state[key] = value
    return {"key": key, "on_change": _heed, "args": (name, key, taken)}


def _heed(name: str, key: str, taken: Callable[[Any], None]) -> None:
    if key == widget(name):  # else the browser speaks of a widget that is gone
        taken(st.session_state[key])


def _value(shown: Any) -> Any:
    """A widget's value as the store holds it."""
    return tuple(shown) if isinstance(shown, list) else shown


def finish(work: Callable[[], None]) -> None:
    """Do a callback's work to its end.

    When the visitor's next click comes while a callback runs, Streamlit ends it where it next looks at the state,
    and nothing would call it again. The work must be such that doing it twice comes to the same.
    """
    try:
        work()
    except RerunException:
        work()
        raise


def read_link() -> None:
    """Take over what the address asks for, once a visit, and note what cannot be."""
    if STORE in st.session_state:
        return
    store: dict[str, Any] = {}
    notes: list[str] = []
    for name in st.query_params:
        text = st.query_params[name]
        if (field := FIELDS.get(name)) is None:
            notes.append(f"The link asks for {name[:60]!r}, which no page here knows: it is left out.")
            continue
        try:
            value = field.read(text)
        except ValueError as problem:
            notes.append(f"The link asks for {name} = {text[:80]!r}: expected {problem}. It is left out.")
            continue
        if value != field.default:
            store[name] = value
    st.session_state[STORE] = store
    st.session_state[NOTES] = notes


def note(text: str) -> None:
    """Tell the visitor once, above the page, that something could not be as asked."""
    notes = st.session_state.setdefault(NOTES, [])
    if text not in notes:
        notes.append(text)


def take_notes() -> list[str]:
    return list(st.session_state.pop(NOTES, []))


def here(page: str) -> None:
    """Say which page is shown: its link holds the shared choices and its own."""
    st.session_state["page"] = page


def write_link() -> None:
    """Bring the address in line with the choices that differ from their default: shared ones and this page's."""
    page, store = st.session_state.get("page", ""), _store()
    fields = [field for field in FIELDS.values() if field.name in store and field.page in ("", page)]
    wanted = {field.name: field.write(store[field.name]) for field in fields}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def _store() -> dict[str, Any]:
    return st.session_state.setdefault(STORE, {})
