"""Whatever is brought: a library, or one clear sentence. Hypothesis breaks files of every format, and makes some up."""

import io
import zipfile

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from expertlens_core.concepts import Concept, Library, Limits, build_pool, load_library, parse_library
from expertlens_core.concepts.changes import changes, read_change
from expertlens_core.concepts.formats.columns import Columns, read_table, table_library
from expertlens_core.concepts.library_files import library_bytes
from expertlens_core.concepts.own_library import add_concepts, remove_concept
from expertlens_core.concepts.pool_file import parse_pool, pool_bytes
from expertlens_core.errors import InputError

LIBRARY = Library(
    "x",
    (
        Concept(
            "cat",
            ("One cat.", 'Two "cats", or three.'),
            None,
            "animals",
            broader="animal",
            kinds=("fact", "story"),
        ),
        Concept("café noir", ("A cup.", " Two\ncups.  "), ("A train; late.", "Rain."), related=("beans",)),
        Concept("bank", ("One bank.", "Two banks."), sense="river"),
        Concept("猫", ("猫がいる。", "猫は寝る。"), source="a book"),
    ),
)
FORMATS = ("json", "jsonl", "csv", "tsv", "parquet", "zip", "json.gz", "csv.gz")
FILES = {f"x.{form}": library_bytes(LIBRARY, f"x.{form}") for form in FORMATS}
POOL = pool_bytes(build_pool(LIBRARY))
LIMITS = Limits(max_bytes=10**6, max_sentences=1000, max_characters=2000)
PIECES = st.sampled_from(
    (
        b"\0",
        b'"',
        b",",
        b";",
        b"\n",
        b"\r\n",
        b"{",
        b"]",
        b"null",
        b"\xff\xfe",
        b"[" * 3000,
        b"9" * 5000,
        b"../",
        b"PAR1",
    )
) | st.binary(max_size=12)
LETTERS = st.sampled_from((b"a", b" ", b"e", b"1", b"."))
WIDTHS = st.sampled_from((0, 0, 0, 0.02, 0.2))
CHANGES = st.lists(st.tuples(st.floats(0, 1), WIDTHS, LETTERS | PIECES), min_size=1, max_size=3)
SLOW = pytest.mark.slow


def broken(data: bytes, pieces: list[tuple[float, float, bytes]]) -> bytes:
    """Some parts replaced by others."""
    for place, width, piece in pieces:
        start = int(place * len(data))
        data = data[:start] + piece + data[start + int(width * width * len(data)) :]
    return data


def tried(work):
    """What was made, or None where it was refused in one clear sentence."""
    try:
        made = work()
        event("read")
        return made
    except InputError as error:
        event("refused")
        message = str(error)
        assert 10 < len(message) <= 300, message
        assert message.isprintable(), message
        return None


def both(**given_values):
    """A property with 200 examples in the fast run, and one with thousands."""

    def decorate(check):
        quick = settings(max_examples=200, suppress_health_check=list(HealthCheck))(
            given(**given_values)(check)
        )
        long = settings(max_examples=3000, suppress_health_check=list(HealthCheck))(
            given(**given_values)(check)
        )
        return quick, SLOW(long)

    return decorate


@both(file=st.sampled_from(sorted(FILES)), pieces=CHANGES)
def check_file(file, pieces):
    library = tried(lambda: parse_library(broken(FILES[file], pieces), file, LIMITS))
    if library is not None:
        again = parse_library(library_bytes(library, "again.parquet"), "again.parquet")
        assert [(c.key, c.positives, c.negatives) for c in again] == [
            (c.key, c.positives, c.negatives) for c in library
        ]


@pytest.mark.parametrize("file", sorted(FILES))
def test_a_sound_file_holds_every_letter(file):
    assert parse_library(FILES[file], file).concepts == LIBRARY.concepts


@both(file=st.sampled_from(("x.csv", "x.tsv", "x.json", "x.jsonl", "x.parquet")), pieces=CHANGES)
def check_table(file, pieces):
    table = tried(lambda: read_table(broken(FILES[file], pieces), file, LIMITS))
    if table is not None:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert len(set(table.columns)) == len(table.columns)
        tried(lambda: table_library(table, table.guessed(), LIMITS))


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=9)
ROWS = st.lists(
    st.dictionaries(st.text(max_size=8), CELLS | st.lists(CELLS, max_size=3), max_size=5), max_size=6
)


def parquet(rows) -> bytes:
    """A Parquet file of rows that Arrow can hold."""
    target = io.BytesIO()
    try:
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), target)
    except (pyarrow.ArrowException, OverflowError, UnicodeEncodeError, TypeError, ValueError):
        return b""
    return target.getvalue()


@both(
    rows=ROWS,
    text=st.text(max_size=200),
    roles=st.tuples(*[st.integers(-1, 5)] * 4),
    positive=st.text(max_size=4),
)
def check_made_up_table(rows, text, roles, positive):
    for data, name in ((parquet(rows), "x.parquet"), (text.encode("utf-8", "replace"), "x.csv")):
        table = tried(lambda data=data, name=name: read_table(data, name, LIMITS))
        if table is None:
            continue
        names = [table.columns[role % len(table.columns)] if role >= 0 else "" for role in roles]
        columns = Columns(names[0], names[1], "one", names[2], positive, names[3])
        library = tried(lambda table=table, columns=columns: table_library(table, columns, LIMITS))
        if library is not None:
            assert parse_library(library_bytes(library, "x.json"), "x.json").concepts == library.concepts


ENTRY = st.tuples(
    st.sampled_from(("x/", "", "../", "/etc/", "c:/", "a\\..\\", "x/animals/", ".git/", "sense/")),
    st.sampled_from(("cat.json", "cat.txt", "concept_list.csv", "..", "猫.json", "x" * 300 + ".json")),
    st.sampled_from(
        (
            b"One.\nTwo.",
            b"group,concept\nx,cat\n",
            b"concept\ncat\n",
            b"{}",
            b'{"concept": "cat", "sentences": {"positive": ["A", "B"]}}',
            b"",
        )
    ),
)


@both(entries=st.lists(ENTRY, max_size=5))
def check_zip(entries):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in {folder + name: content for folder, name, content in entries}.items():
            packed.writestr(name, content)
    tried(lambda: parse_library(target.getvalue(), "x.zip", LIMITS))


@both(suffix=st.sampled_from((".jsonl", ".txt")), pieces=CHANGES)
def check_pool(suffix, pieces):
    tried(lambda: parse_pool(broken(POOL, pieces), f"pool{suffix}", LIMITS))


(test_a_broken_file, test_many_broken_files) = check_file
(test_a_broken_table, test_many_broken_tables) = check_table
(test_a_made_up_table, test_many_made_up_tables) = check_made_up_table
(test_a_made_up_zip, test_many_made_up_zips) = check_zip
(test_a_broken_pool, test_many_broken_pools) = check_pool


@pytest.fixture
def change(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    add_concepts("mine", LIBRARY)
    made = remove_concept("mine", "cat")
    path = tmp_path / "shelf" / ".removed" / f"{made.id}.json"
    return made, path, path.read_bytes()


@pytest.mark.parametrize("count", [200, pytest.param(3000, marks=SLOW)])
def test_a_broken_change_is_passed_over(change, count):
    made, path, data = change

    @settings(max_examples=count, suppress_health_check=list(HealthCheck))
    @given(pieces=CHANGES)
    def check(pieces):
        path.write_bytes(broken(data, pieces))
        read = read_change(made.id)
        assert read is None or read.id == made.id
        assert len(changes()) == (read is not None)

    check()


def test_a_small_file_that_unpacks_to_a_large_one_is_refused():
    large = pyarrow.table({"concept": ["cat"] * 900, "sentence": ["x" * 1900] * 900})
    target = io.BytesIO()
    pyarrow.parquet.write_table(large, target)
    assert len(target.getvalue()) < 20_000
    with pytest.raises(InputError, match="is larger than 1,000,000 bytes"):
        parse_library(target.getvalue(), "x.parquet", LIMITS)
    many = pyarrow.table({"concept": ["cat"] * 1001, "sentence": ["x"] * 1001})
    target = io.BytesIO()
    pyarrow.parquet.write_table(many, target)
    with pytest.raises(InputError, match="holds 1,001 rows: expected at most 1,000"):
        parse_library(target.getvalue(), "x.parquet", LIMITS)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x/cat.txt", b"One.\n" * 400_000)
    assert len(target.getvalue()) < 20_000
    with pytest.raises(InputError, match="is larger than 1,000,000 bytes"):
        parse_library(target.getvalue(), "x.zip", LIMITS)


def test_a_zip_file_reaches_nothing_outside(tmp_path):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("../../out.json", b'{"name": "cat", "positives": ["One.", "Two."]}')
    with pytest.raises(InputError, match="leads out of its folder"):
        parse_library(target.getvalue(), "x.zip")
    with pytest.raises(InputError, match=r"x\.zip is not a whole zip file"):
        parse_library(b"PK", "x.zip")


def test_a_folder_of_ml_act_is_read(tmp_path):
    folder = tmp_path / "OneSecConcepts-100_1.5.0"
    (folder / "sense").mkdir(parents=True)
    (folder / "concept_list.csv").write_text("concept\nfootball-1_04_00__\ncat\n")
    for name in ("football-1_04_00__", "cat"):
        (folder / "sense" / f"{name}.json").write_text(
            f'{{"concept": "{name}", "sentences": {{"positive": ["One.", "Two."], "negative": ["Three.", "Four."]}}}}'
        )
    library = load_library(folder)
    assert library.keys == ("football (1:04:00::)", "cat")
    assert [concept.domain for concept in library] == ["", ""]
    (folder / "concept_list.csv").write_text("group,concept\nsports,football-1_04_00__\n")
    assert load_library(folder).keys == ("football (1:04:00::)",), "ml-act passes the group over"


def test_labels_and_guesses():
    data = b"text;emotion;is_positive\nI am glad.;joy;1.0\nI weep.;joy;FALSE\nOh no.;fear;yes\n;fear;no\n"
    table = read_table(data, "moods.csv")
    assert table.guessed() == Columns("text", "emotion", "", "is_positive")
    joy, fear = table_library(table, table.guessed())
    assert (joy.positives, joy.negatives) == (("I am glad.",), ("I weep.",))
    assert (fear.positives, fear.negatives) == (("Oh no.",), None), "a row without a sentence is passed over"
    said = read_table(b"a,b\nOne sentence.,sure\nTwo.,unsure\n", "x.csv")
    with pytest.raises(InputError, match="x, row 1 has 'sure' in the column 'b': expected 1 or 0"):
        table_library(said, Columns("a", "", "cat", "b"))
    (made,) = table_library(said, Columns("a", "", "cat", "b", "sure"))
    assert (made.positives, made.negatives) == (("One sentence.",), ("Two.",))
    with pytest.raises(InputError, match="no column holds the concept"):
        table_library(said, Columns("a"))
    assert read_table(b"text,text,\nA,B,C\n", "x.csv").columns == ("text", "text (2)", "column 3")
