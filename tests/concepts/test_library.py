import pytest

from expertlens_core import concepts
from expertlens_core.concepts import Concept, Library


def test_keys_tell_senses_apart():
    river, money = Concept("bank", ("a",), sense="river"), Concept("bank", ("b",), sense="money")
    library = Library("x", (river, money))
    assert library.keys == ("bank (river)", "bank (money)")
    assert library["bank (river)"] is river
    with pytest.raises(
        ValueError, match="library 'x' holds concept 'bank' twice: remove one, or give each a sense"
    ):
        Library("x", (Concept("bank", ("a",)), Concept("bank", ("b",))))


def test_notes_play_no_part_in_what_a_library_is():
    cat = Concept("cat", ("A cat.",))
    assert Library("x", (cat,), notes=("1 blank sentence dropped",)) == Library("x", (cat,))


def test_public_names_are_sorted_and_there():
    assert concepts.__all__ == sorted(concepts.__all__)
    assert all(hasattr(concepts, name) for name in concepts.__all__)
