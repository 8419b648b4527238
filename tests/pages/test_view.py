"""Values of a link and widgets: what is taken, and what is said of the rest."""

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from pages.shared import fields, view
from pages.shared.plain import sentence


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (fields.number(0.05, 0.99), "0.7", 0.7),
        (fields.number(1, 10, whole=True), "7", 7),
        (fields.choice("max", "mean"), "mean", "mean"),
        (fields.switch("a").read, "1", True),
        (fields.several("b", 3).read, "dog| cat |dog", ("dog", "cat")),
        (fields.text(), "<b>", "<b>"),
    ],
)
def test_a_good_value_is_read(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (fields.number(0.05, 0.99), "2", "a number from 0.05 to 0.99"),
        (fields.number(0.05, 0.99), "nan", "a number from 0.05 to 0.99"),
        (fields.number(1, 10, whole=True), "1.5", "a whole number from 1 to 10"),
        (fields.choice("max", "mean"), "MAX", "one of max, mean"),
        (fields.switch("a").read, "yes", "1 or 0"),
        (fields.several("c", 1).read, "dog|cat", "at most 1 names with a bar"),
        (fields.text(3), "four", "at most 3 characters"),
    ],
)
def test_a_bad_value_says_what_was_expected(read, text, expected):
    with pytest.raises(ValueError, match=expected):
        read(text)


@pytest.fixture
def session(monkeypatch):
    state = {}
    monkeypatch.setattr(view.st, "session_state", state)
    monkeypatch.setattr(view, "write_link", lambda: None)
    return state


FIELD = fields.Field("tried", 1, fields.number(0, 9, whole=True))


def test_a_widget_follows_the_view(session):
    view.bound(FIELD)
    view.put(FIELD, 5)
    view.bound(FIELD)
    assert session[view.widget(FIELD.name)] == 5


def press(session, arguments, value):
    """A message of the browser: what it says of a widget, and the callback that hears of it."""
    session[arguments["key"]] = value
    arguments["on_change"](*arguments["args"])


def test_a_widget_that_the_program_changes_is_a_new_one_and_the_old_one_is_not_heard(session):
    first = view.bound(FIELD)
    press(session, first, 5)
    assert view.get(FIELD) == 5
    second = view.bound(FIELD)
    assert second["key"] == first["key"], "the visitor changed it"
    view.put(FIELD, 7)
    third = view.bound(FIELD)
    assert third["key"] != first["key"]
    press(session, second, 5)
    assert view.get(FIELD) == 7, "the browser had not drawn the 7 yet"
    press(session, third, 5)
    assert view.get(FIELD) == 5


def test_a_widget_that_shows_another_value_than_the_chosen_one_stays_the_same_widget(session):
    several = fields.several("some", 3)
    view.put(several, ("a", "gone"))
    keys = {view.bound(several, shown=["a"])["key"] for _ in range(3)}
    assert len(keys) == 1
    assert view.get(several) == ("a", "gone")


def test_a_callback_that_is_cut_short_does_its_work_all_the_same(session):
    done = []

    def work():
        done.append(len(done))
        if len(done) == 1:
            raise RerunException(RerunData())

    with pytest.raises(RerunException):
        view.finish(work)
    assert done == [0, 1]


def test_a_change_whose_callback_was_cut_short_is_taken_by_the_next_run(session):
    view.bound(FIELD)
    session[view.widget(FIELD.name)] = 7
    view.bound(FIELD)
    assert view.get(FIELD) == 7
    assert session[view.widget(FIELD.name)] == 7


def test_a_change_of_the_view_wins_over_what_a_widget_still_shows(session):
    view.bound(FIELD)
    session[view.widget(FIELD.name)] = 7
    view.put(FIELD, 3)
    view.bound(FIELD)
    assert view.get(FIELD) == 3


def test_a_list_from_a_widget_is_no_change_of_the_same_tuple(session):
    several = fields.several("some", 3)
    view.put(several, ("a", "b"))
    view.bound(several)
    session[view.widget(several.name)] = ["a", "b"]
    taken = []
    view.bound(several, lambda: taken.append(1))
    assert taken == []


def test_what_is_written_is_read_again():
    for field, value in ((fields.several("b", 3), ("bank (river)", "cat, tame")), (fields.switch("a"), True)):
        assert field.read(field.write(value)) == value


def test_no_two_pages_share_the_name_of_a_choice(monkeypatch):
    from pages.shared import selection  # noqa: F401 - declares tau

    with pytest.raises(ValueError, match="two fields are named 'tau'"):
        fields.switch("tau", page="steer")


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("no library 'x': expected one of a, b", "No library 'x': expected one of a, b."),
        ("It broke off: press again.", "It broke off: press again."),
        ("why?", "Why?"),
    ],
)
def test_a_problem_begins_with_a_capital_and_ends(told, shown):
    assert sentence(told) == shown
