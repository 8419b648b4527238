import pytest

from expertlens_core.concepts import Concept, Library, Limits, build_pool, read_pool, write_pool
from expertlens_core.errors import InputError


@pytest.fixture
def pool():
    cat = Concept("cat", ("A cat.\nIt sat.", "Süß."), kinds=("fact", "story"), broader="animal")
    return build_pool(Library("x", (cat, Concept("animal", ("An animal\u2028here.",)))))


def test_a_pool_comes_back_whole(pool, tmp_path):
    write_pool(pool, tmp_path / "p.jsonl")
    again = read_pool(tmp_path / "p.jsonl")
    assert again == pool
    assert again.digest == pool.digest


def test_a_changed_pool_is_noticed(pool, tmp_path):
    path = tmp_path / "p.jsonl"
    write_pool(pool, path)
    path.write_text(path.read_text().replace("It sat", "It lay"))
    with pytest.raises(InputError) as error:
        read_pool(path)
    assert str(error.value) == (
        "p.jsonl was changed since it was written (its digest differs): make it again with write_pool, "
        "or bring a "
        ".txt file with one sentence per line"
    )
    write_pool(pool, path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(InputError, match="was changed since it was written"):
        read_pool(path)


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
    with pytest.raises(
        InputError, match=r"cannot read the pool .* \(No such file or directory\): check the path"
    ):
        read_pool(tmp_path / "p.jsonl")
    (tmp_path / "mine.txt").write_text("One.\nTwo.\nThree.\nFour.\n")
    with pytest.raises(InputError, match="holds more than 2 sentences: leave some out"):
        read_pool(tmp_path / "mine.txt", Limits(max_sentences=2))
