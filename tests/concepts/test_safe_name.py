import re

from hypothesis import given, settings
from hypothesis import strategies as st

from expertlens_core.concepts import safe_name


def test_plain_names_stay_and_others_tell_what_they_were():
    assert safe_name("cat") == "cat"
    assert safe_name("football-1_04_00__") == "football-1_04_00__"
    assert safe_name("bank (river)") == "bank_river-c1ec95aa"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_every_name_is_safe_everywhere(text):
    name = safe_name(text)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name)
    assert len(name) <= 80
    assert name not in {"con", "prn", "aux", "nul", "com1", "lpt1"}


@settings(deadline=None)
@given(st.lists(st.text("aA_- .", max_size=4) | st.text(max_size=4), unique=True))
def test_distinct_names_stay_distinct(texts):
    assert len({safe_name(text) for text in texts}) == len(texts)


def test_a_name_that_looks_like_ours_is_not_taken_for_it():
    assert safe_name(safe_name("bank (river)")) != safe_name("bank (river)")
    assert safe_name("con") != "con"
