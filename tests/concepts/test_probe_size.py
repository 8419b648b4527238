import pytest

from expertlens_core.concepts import size_warnings
from expertlens_core.errors import InputError


def test_enough_sentences_give_no_warning():
    assert size_warnings("cat", 20, 50) == ()


def test_few_sentences_are_computed_with_a_warning_each():
    assert size_warnings("cat", 19, 49) == (
        "Only 19 positive sentences for 'cat': below 20, many units pass tau by chance.",
        "Only 49 negative sentences for 'cat': below 50, AP says little.",
    )


@pytest.mark.parametrize(("positives", "negatives"), [(1, 50), (0, 50), (20, 1), (20, 0)])
def test_fewer_than_two_are_refused(positives, negatives):
    with pytest.raises(InputError):
        size_warnings("cat", positives, negatives)
    with pytest.raises(InputError) as error:
        size_warnings("cat", 1, 50)
    assert str(error.value) == (
        "concept 'cat' has 1 positive sentence: expected at least 2 different ones (400 positive and 1,000 negative "
        "are usual), "
        "so add sentences"
    )
