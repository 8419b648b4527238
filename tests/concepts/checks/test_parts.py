"""The pure functions that the checks rest on, against a reference or by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import average_precision_score

from expertlens_core.concepts import load_library
from expertlens_core.concepts.checks.letters import decoded
from expertlens_core.concepts.checks.text_ap import average_precision, either_way
from expertlens_core.concepts.checks.tongue import tongue
from expertlens_core.concepts.checks.words_apart import centroid_ap
from expertlens_core.concepts.mention import words

SCORES = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=20)


@given(SCORES, SCORES)
def test_average_precision_is_scikit_learns_ties_included(on, off):
    truth = [1] * len(on) + [0] * len(off)
    assert average_precision(on, off) == pytest.approx(average_precision_score(truth, [*on, *off]))


def test_a_constant_has_the_prevalence_and_the_better_direction_counts():
    assert average_precision([1, 1], [1] * 6) == 0.25
    assert either_way([1, 1], [2, 3]) == 1
    assert either_way([2, 3], [1, 1]) == 1
    with pytest.raises(ValueError, match="there is none"):
        average_precision([], [1])


def test_the_centroids_ap_is_that_of_a_slow_reference():
    library = load_library("everyday")
    on, off = library["cat"].positives[:30], (*library["dog"].positives[:60], "...")
    vectors = TfidfVectorizer(analyzer=lambda text: words(text), sublinear_tf=True).fit_transform([*on, *off])
    dense = vectors.toarray()
    scores = [
        dense[row] @ (dense[:30].sum(0) - dense[row] * (row < 30)) / (29 if row < 30 else 30)
        for row in range(len(dense))
    ]
    truth = [1] * 30 + [0] * len(off)
    assert centroid_ap(on, off) == pytest.approx(average_precision_score(truth, scores))
    assert centroid_ap(on, off, without="cat") < centroid_ap(on, off)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("The cafÃ© isnâ€™t open.", "The café isn’t open."),
        ("naÃƒÂ¯ve", "naïve"),
        ("Tom &amp; Jerry &#39;s &quot;den&quot;", 'Tom & Jerry \'s "den"'),
        ("10 â‚¬ Â£5 Â°C", "10 € £5 °C"),
        ("ðŸ˜€", "😀"),
    ],
)
def test_letters_of_a_wrong_encoding_are_put_right(wrong, right):
    assert decoded(wrong) == right
    assert decoded(right) == right


@pytest.mark.parametrize(
    "sound", ["Ça va, garçon?", "R&D; AT&T", "ÂNGELO À PARIS", "Übergröße “x” — 5 €", "São João"]
)
def test_sound_letters_stay(sound):
    assert decoded(sound) == sound


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The cat sat on the mat.", "English"),
        ("Le chat est assis sur la table.", "French"),
        ("Die Katze sitzt auf dem Tisch.", "German"),
        ("El gato está en la mesa con su amigo.", "Spanish"),
        ("Il gatto è nella casa di una signora.", "Italian"),
        ("O gato não está em casa com uma amiga.", "Portuguese"),
        ("De kat zit niet op het dak van een huis.", "Dutch"),
        ("Кошка спит на диване.", "Cyrillic"),
        ("猫がソファーで寝ています。", "Hiragana"),
        ("Cats purr.", ""),
        ("Los Angeles hosted the games in 1984.", "English"),
    ],
)
def test_the_language_of_a_sentence(sentence, language):
    assert tongue(sentence) in (language, "Katakana" if language == "Hiragana" else language)


def test_no_sentence_of_the_built_in_libraries_is_foreign():
    for name in ("everyday", "men"):
        texts = [text for each in load_library(name) for text in each.positives[:20]]
        foreign = [text for text in texts if tongue(text) not in ("", "English")]
        assert len(foreign) <= len(texts) / 1000, foreign[:5]


def test_a_nan_never_stands_in_a_number():
    assert not math.isnan(centroid_ap(["...", "!"], ["?"]))
