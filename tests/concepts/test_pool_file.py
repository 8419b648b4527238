import re
from collections import Counter

import pytest

from expertlens_core.concepts import (
    Concept,
    Library,
    Limits,
    build_pool,
    draw_negatives,
    drawn_negatives,
    load_library,
    mentions,
    neutral_pool,
    pool_for,
    read_pool,
    usual_negatives,
    write_pool,
    written_pool,
)
from expertlens_core.errors import InputError

PAPER = """
cat dog cheetah horse animal jacket jeans shirt sock clothes red blue green black
colour color chair bookshelf table couch furniture doctor teacher driver musician occupation heart kidney
lung brain organ golf racing gymnastics swimming sport mathematics geography biology chemistry subject carrot
potato pumpkin corn vegetable bus tank motorcycle bicycle vehicle
"""


def test_it_is_half_fact_half_story_of_five_to_thirty_words():
    pool = neutral_pool()
    assert Counter(pool.kinds) == {"fact": 600, "story": 600}
    lengths = [len(sentence.split()) for sentence in pool.sentences]
    assert min(lengths) >= 5
    assert max(lengths) <= 30
    assert all(re.fullmatch(r'["A-Z].*[."]', sentence) for sentence in pool.sentences)


@pytest.mark.parametrize("name", PAPER.split())
def test_it_names_no_concept_of_the_papers_domains(name):
    assert neutral_pool().mentioning(name) == frozenset()


def concept(name: str, size: int) -> Concept:
    return Concept(name, tuple(f"Sentence {i} on {name}." for i in range(size)))


def test_a_library_gives_its_own_pool_when_every_concept_finds_enough_in_it():
    names = ("oak", "elm", "ash", "fir", "yew")
    enough = Library("x", tuple(concept(name, 13) for name in names))
    assert pool_for(enough).name == "x"
    few_sentences = Library("x", tuple(concept(name, 12) for name in names))
    one_sided = Library("x", (concept("oak", 500), *(concept(name, 12) for name in names[1:])))
    few_concepts = Library("x", tuple(concept(name, 400) for name in names[:4]))
    for library in (few_sentences, one_sided, few_concepts):
        assert pool_for(library) == neutral_pool()


def test_the_pool_follows_the_librarys_size_with_room_for_every_draw():
    names = load_library("everyday").keys[:30]
    for size, expected in ((40, 250), (200, 1250), (400, 2500), (600, 2500)):
        library = Library("x", tuple(concept(name, size) for name in names))
        assert len(pool_for(library)) == expected
    assert len(pool_for(load_library("everyday"))) == 1250
    assert len(pool_for(load_library("men"))) == 625


def test_where_a_concept_would_find_too_few_the_pool_grows():
    names = load_library("everyday").keys[:25]
    narrow = [Concept(name, concept(name, 100).positives, broader="group") for name in names[:20]]
    other = [concept(name, 100) for name in names[20:]]
    library = Library("x", (concept("group", 100), *narrow, *other))
    pool = pool_for(library)
    assert len(pool) == 2600, "all there is: 625 hold but 120 that are no narrower concept's"
    assert len(draw_negatives(pool, library["group"], 250)) == 250


@pytest.mark.parametrize("name", ["everyday", "men"])
def test_every_concept_of_a_built_in_library_finds_its_negatives(name):
    library = load_library(name)
    pool = pool_for(library)
    for each in library:
        count = usual_negatives(len(each.positives))
        assert len(draw_negatives(pool, each, count)) == count


@pytest.fixture
def pool():
    cat = Concept("cat", ("A cat.\nIt sat.", "Süß."), kinds=("fact", "story"), broader="animal")
    return build_pool(Library("x", (cat, Concept("animal", ("An animal\u2028here.",)))))


def test_a_pool_comes_back_whole_and_a_change_to_its_file_is_noticed(pool, tmp_path):
    path = tmp_path / "p.jsonl"
    write_pool(pool, path)
    assert read_pool(path) == pool
    text = path.read_text()
    for changed in (text.replace("It sat", "It lay"), "".join(text.splitlines(keepends=True)[:-1])):
        path.write_text(changed)
        with pytest.raises(InputError) as error:
            read_pool(path)
        assert str(error.value) == (
            "p.jsonl was changed since it was written (its digest differs): make it again with write_pool, or "
            "bring a .txt file with one sentence per line"
        )


def test_own_sentences_from_a_text_file(tmp_path):
    (tmp_path / "mine.txt").write_text("One.\n\n Two.\nOne.\n")
    pool = read_pool(tmp_path / "mine.txt")
    assert (pool.name, pool.sentences, pool.owners) == ("mine", ("One.", "Two."), ("", ""))


@pytest.mark.parametrize(
    "text",
    ["[]\n", '{"pool": "x"}\n', '{"pool": "x", "digest": "0", "broader": []}\n{"text": 1}\n', "1\n2\n"],
)
def test_other_files_are_no_pool(text, tmp_path):
    (tmp_path / "p.jsonl").write_text(text)
    with pytest.raises(InputError, match=r"p.jsonl is not a negative pool: make it again with write_pool"):
        read_pool(tmp_path / "p.jsonl")


def test_missing_and_too_large_pools_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"cannot read the pool .* \(No such file .*\): check the path"):
        read_pool(tmp_path / "p.jsonl")
    (tmp_path / "mine.txt").write_text("One.\nTwo.\nThree.\nFour.\n")
    with pytest.raises(InputError, match="holds more than 2 sentences: leave some out"):
        read_pool(tmp_path / "mine.txt", Limits(max_sentences=2))


def test_the_written_pool_is_whole_and_serves_a_concept_of_its_own_words_too():
    pool = written_pool()
    assert len(pool) == 1200
    assert set(pool.kinds) == {"fact", "story"}
    cat = Concept("cat", tuple(f"The cat saw {n} mice." for n in range(100)))
    drawn = drawn_negatives(pool, cat)
    assert len(drawn) == 250
    assert not any(mentions(sentence, "cat") for sentence in drawn)
