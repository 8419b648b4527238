"""Harvest: nothing missed or invented against the slow way, whatever the order; caps, copies, places, memory."""

import hashlib
import itertools
import tracemalloc
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from expertlens_core.concepts import load_library, mentions, write_library
from expertlens_core.concepts.formats.whole_file import Limits
from expertlens_core.concepts.harvest import Gathering, Wanted, each_once, harvest
from expertlens_core.concepts.mention import lemmas, words
from expertlens_core.concepts.negative_pool import plain
from expertlens_core.concepts.sentence_ends import sentences
from expertlens_core.concepts.text_files import text_files
from expertlens_core.concepts.text_sources import Passages, passages
from expertlens_core.concepts.word_forms import WordForms
from expertlens_core.errors import InputError

NAMES = [
    "cat",
    "mouse",
    "leave",
    "ice cream",
    "New York",
    "swim",
    "c++",
    "猫",
    "☃",
    "naïve",
    "be",
    "cat flap",
]
WORDS = [
    *("cat", "Cats", "cat's", "category", "mice", "MOUSE", "leaves", "left", "ice", "cream", "ice-creams"),
    *("New", "York", "New York's", "swam", "C++", "猫です", "☃", "naïve", "nai\u0308ve", "was", "I", "x1", "flaps"),
    *("catting", "un**cat**ty", "c**at**s", "[mo](x)use", "m<b>ic</b>e", "c\u00adat", "*cats*"),
    *("[mouse](http://cat.org)", "&amp;", "“cat”", "Dr.", "3.5"),
    *("ca\u200bt", "_leave_", "<b>swim</b>", "cat_flap", "e.g.", "the", "a", "and", "on", "of", "Then", "zorbs", "İce"),
]  # fmt: skip
ENDS = st.sampled_from([".", "!", "?", "...", '."', "", ".)", " -"])
SENTENCES = st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), ENDS).map(
    lambda each: " ".join(each[0]) + each[1]
)
TEXTS = st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join)
IN_ANY_SCRIPT = ["c++", "猫", "☃"]
SOME_NAMES = st.one_of(
    st.lists(st.sampled_from([name for name in NAMES if name not in IN_ANY_SCRIPT]), min_size=1, unique=True),
    st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
)
CORPORA = st.lists(st.lists(TEXTS, max_size=5), min_size=1, max_size=3)


def files_of(corpus):
    return [
        Passages(f"{number}.txt", tuple(range(1, len(texts) + 1)), tuple(texts), 0)
        for number, texts in enumerate(corpus)
    ]


def slowly(corpus, names, cap, seed):
    """What a harvest is, by its definition: every sentence is asked for every name."""
    found, kept = Counter(), {name: {} for name in names}
    for some in files_of(corpus):
        for number, text in zip(some.numbers, some.texts):
            for _, sentence, _ in sentences(text):
                for name in names:
                    if mentions(sentence, name):
                        found[name] += 1
                        digest = hashlib.blake2b(
                            f"{seed}\n{plain(sentence)}".encode(), digest_size=16
                        ).digest()
                        place = (sentence, some.label, number)
                        kept[name][digest] = min(kept[name].get(digest, place), place)
    return found, {name: [kept[name][each] for each in sorted(kept[name])[:cap]] for name in names}


@example([["The c**at**s sat there.", "Two m**ic**e sat there."]], ["cat", "mouse"], 2, 0)
@example([["The ice cream sat there.", "The ice of cream sat there."]], ["ice cream"], 2, 0)
@given(CORPORA, SOME_NAMES, st.integers(2, 5), st.integers(0, 3))
@settings(max_examples=200)
def test_nothing_is_missed_or_invented(corpus, names, cap, seed):
    found, kept = slowly(corpus, names, cap, seed)
    made = harvest(files_of(corpus), [Wanted(name) for name in names], cap, seed)
    assert {tally.name: (tally.found, tally.kept) for tally in made.tallies} == {
        name: (found[name], len(kept[name])) for name in names
    }
    assert {concept.name: list(zip(concept.positives, concept.origins)) for concept in made.concepts} == {
        name: [(sentence, f"{label}:{number}") for sentence, label, number in kept[name]]
        for name in names
        if len(kept[name]) >= 2
    }


@given(CORPORA.flatmap(lambda corpus: st.tuples(st.just(corpus), st.permutations(files_of(corpus)))))
def test_the_order_of_files_changes_nothing(pair):
    corpus, moved = pair
    wanted = [Wanted(name) for name in NAMES]
    assert harvest(moved, wanted, 2) == harvest(files_of(corpus), wanted, 2)


def test_the_order_of_lines_changes_no_sentence():
    lines = [f"The cat number {number} slept on the roof." for number in range(300)]
    taken = [harvest(files_of([order]), [Wanted("cat")], 20) for order in (lines, lines[::-1])]
    assert taken[0].concepts[0].positives == taken[1].concepts[0].positives
    origins = [dict(zip(made.concepts[0].positives, made.concepts[0].origins)) for made in taken]
    text = taken[0].concepts[0].positives[0]
    assert [each[text] for each in origins] == [
        f"0.txt:{lines.index(text) + 1}",
        f"0.txt:{300 - lines.index(text)}",
    ]


def test_a_larger_cap_keeps_what_a_smaller_one_keeps_and_another_seed_others():
    corpus = [[f"The cat number {number} slept on the roof." for number in range(500)]]
    few, many, other = (
        harvest(files_of(corpus), [Wanted("cat")], cap, seed).concepts[0].positives
        for cap, seed in ((20, 0), (100, 0), (20, 1))
    )
    assert many[:20] == few
    assert set(few) != set(other)
    assert len(few) == len(set(few)) == 20


def test_copies_in_any_spelling_of_case_and_space_count_once():
    lines = [
        "The Cat slept on it.",
        "the cat slept on it.",
        "The  cat slept on\u00a0it.",
        "The cat slept in it.",
    ]
    files = files_of([lines[:2], lines[2:]])
    made = harvest(files, [Wanted("cat")])
    assert made == harvest(files[::-1], [Wanted("cat")]), (
        "which copy is kept does not depend on what came first"
    )
    assert (made.tallies[0].found, made.tallies[0].kept) == (4, 2)
    assert set(made.concepts[0].positives) == {"The Cat slept on it.", "The cat slept in it."}
    assert made.concepts[0].source == "harvested"


def test_words_with_fewer_than_two_sentences_are_left_out_and_told():
    made = harvest(
        files_of([["The cat saw one dog.", "The cats were two."]]),
        [Wanted("cat", "pets"), Wanted("dog"), Wanted("elk")],
    )
    assert [tally.name for tally in made.left_out] == ["dog", "elk"]
    assert [(concept.key, concept.domain) for concept in made.library("mine")] == [("cat", "pets")]
    none = harvest(files_of([["The cat saw one dog."]]), [Wanted("dog"), Wanted("elk")])
    with pytest.raises(
        InputError, match=r"no word has 2 sentences in these texts \(looked for: dog, elk\): give"
    ):
        none.library("mine")


def test_the_same_word_twice_counts_once():
    words = [Wanted("cat"), Wanted(" CAT "), Wanted(""), Wanted("cat", "pets"), Wanted("dog")]
    assert each_once(words) == (Wanted("cat", "pets"), Wanted("dog"))


def test_a_sentence_of_a_paragraph_has_the_line_where_it_begins(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(
        "Nothing of it is\nhere at all. The cat slept\non the roof. Then the\ncats all came down.\n"
    )
    made = harvest(passages(text_files([path])[0]), [Wanted("cat")])
    assert dict(zip(made.concepts[0].positives, made.concepts[0].origins)) == {
        "The cat slept on the roof.": "a.txt:2",
        "Then the cats all came down.": "a.txt:3",
    }


def test_a_harvest_never_holds_more_than_a_library_can(tmp_path, monkeypatch):
    lines = [f"The cat and the dog number {number} slept on it." for number in range(200)]
    monkeypatch.setattr("expertlens_core.concepts.harvest.Limits", lambda: Limits(max_sentences=120))
    made = harvest(files_of([lines]), [Wanted("cat"), Wanted("dog"), Wanted("elk")], 100)
    assert (made.cap, [tally.kept for tally in made.tallies]) == (60, [60, 60, 0])
    monkeypatch.setattr("expertlens_core.concepts.harvest.Limits", lambda: Limits(max_bytes=20_000))
    small = harvest(files_of([lines]), [Wanted("cat"), Wanted("dog")], 100)
    for name in ("a.json", "a.csv", "a.jsonl", "folder"):
        write_library(small.library("a"), tmp_path / name)
        assert len(load_library(tmp_path / name, Limits(max_bytes=20_000))) == 2
    assert 50 < small.cap < 100


def test_forgotten_words_are_asked_for_again(monkeypatch):
    monkeypatch.setattr("expertlens_core.concepts.word_forms.MOST_SEEN", 10)
    forms = WordForms(["cat"])
    for number in range(50):
        assert not forms.may_mention([f"w{number}"])
    assert len(forms._of) <= 12
    assert list(forms.mentioned("Cats", ["cats"])) == [0]


ENDINGS = st.sampled_from(["s", "es", "ing", "ed", "er", "est", "ies", "ices", "ying", "a", "i", "us", ""])
KNOWN = [
    "bought buy",
    "better good",
    "taught teach",
    "mice mouse",
    "geese goose",
    "worst bad",
]


@given(st.text("catwordé1ıǰ", min_size=1, max_size=6), st.booleans(), ENDINGS)
@settings(max_examples=500)
def test_words_that_no_dictionary_has_are_found_as_their_guessed_lemmas_say(stem, doubled, ending):
    word = (stem + stem[-1] * doubled + ending).lower()
    check_forms(word, [stem + end for end in ("", "e", "y", "x", "ex", "um", "on", "us", "is", "en", "ing")])


@pytest.mark.parametrize("pair", KNOWN)
def test_words_of_the_dictionary_that_begin_otherwise_are_found(pair):
    word, name = pair.split()
    assert list(WordForms(["elk", name]).mentioned(word, [word])) == [1]
    check_forms(word, [name, "elk"])


def check_forms(word, names):
    numbers = WordForms(names).mentioned(word, [word])
    assert sorted(numbers) == [
        row for row, name in enumerate(names) if not lemmas(word).isdisjoint(lemmas(words(name)[0]))
    ]


def endless(count):
    """Passages of many different sentences."""
    animals = itertools.cycle(["cat", "dog", "horse", "cow", "bird"])
    for start in range(0, count, 1000):
        texts = tuple(
            f"The {next(animals)} number {start + i} slept on the warm roof of the old house."
            for i in range(1000)
        )
        yield Passages("a.txt", tuple(range(start, start + 1000)), texts, 0)


def test_memory_is_bounded_by_words_and_cap():
    def peak(count):
        gathering = Gathering([Wanted(name) for name in ("cat", "dog", "horse")], cap=50)
        tracemalloc.start()
        for some in endless(count):
            gathering.add(some)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    import expertlens_core.concepts.word_forms as word_forms

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_forms, "MOST_SEEN", 2000)
        patch.setattr(word_forms, "lemmas", lambda word: frozenset({word}))
        peak(5_000)
        assert peak(40_000) < 1.3 * peak(10_000)


@pytest.mark.slow
def test_memory_does_not_grow_with_a_file_of_many_megabytes(tmp_path):
    import subprocess
    import sys

    script = """
import sys
from pathlib import Path
import psutil
from expertlens_core.concepts.harvest import Wanted, harvest
from expertlens_core.concepts.text_files import text_files
from expertlens_core.concepts.text_sources import passages
most = 0
def watched(file):
    global most
    for some in passages(file):
        most = max(most, psutil.Process().memory_info().rss)
        yield some
made = harvest(watched(text_files([sys.argv[1]])[0]), [Wanted(name) for name in ("cat", "dog", "horse")], 50)
assert [tally.kept for tally in made.tallies] == [50, 50, 50]
print(most)
"""
    peaks = []
    for lines in (150_000, 600_000):  # 10 and 40 MB
        path = tmp_path / f"{lines}.txt"
        with path.open("w") as stream:
            for some in endless(lines):
                stream.write("\n".join(some.texts) + "\n")
        done = subprocess.run(
            [sys.executable, "-c", script, path], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 25 * 2**20, [peak >> 20 for peak in peaks]
