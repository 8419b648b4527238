"""Words to harvest by name: those of MEN, of a built-in library, of a file, or as they were typed."""

from pathlib import Path

from ...concepts import Library, load_library
from ...concepts.formats.whole_file import Limits, decode
from ...concepts.harvest import Wanted, each_once
from ...concepts.library_files import BUILT_IN
from ...errors import InputError, quoted, shortened
from ...files import user_path

MOST_WORDS = 20_000
LONGEST_WORD = 100
"""Characters of a word or name."""


def listed_words(name: str) -> tuple[Wanted, ...]:
    """The words of a list.

    Args:
        name: ``"men"`` for the 751 words of MEN where its judgments have been downloaded, else those of the built-in
            library; ``"everyday"``; the path of a file with one word a line, which a tab and its domain may follow;
            or that of MEN's own folder.

    Raises InputError when there is no such list, or it is no list of words.
    """
    if name == "men":
        return _men()
    if name in BUILT_IN:
        return _of_library(load_library(name))
    path = user_path(name)
    if path.is_dir():
        return _men(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(Limits().max_bytes // 8 + 1)
    except (OSError, ValueError):
        raise InputError(
            f"no list of words {quoted(name)}: expected {', '.join(BUILT_IN)}, or the path of a text file with one "
            "word a line"
        ) from None
    return _of_text(decode(data, path.name), path.name)


def is_list(text: str) -> bool:
    """Whether what was typed for words names a list of them, not a word."""
    path = Path(text)
    return text in BUILT_IN or len(path.parts) > 1 or path.suffix in (".txt", ".tsv", ".csv", ".lst")


def typed_words(words: tuple[str, ...]) -> tuple[Wanted, ...]:
    """Words as they were typed, each once.

    Raises InputError for none, too many, or one that is too long.
    """
    return _checked(each_once(Wanted(" ".join(word.split())) for word in words), "the words typed")


def men_words(folder: Path | None = None) -> tuple[str, ...]:
    """MEN's 751 words where its judgments have been downloaded, or from its own folder; else none."""
    from ...analysis.judgment_source import fetched, load_judgments

    files = fetched("men") if folder is None else []
    place = files[0].parent if files else folder
    return () if place is None else tuple(sorted(load_judgments(place).words))


def _men(folder: Path | None = None) -> tuple[Wanted, ...]:
    library = _of_library(load_library("men"))
    domains = {word.name: word.domain for word in library}
    return tuple(Wanted(word, domains.get(word, "")) for word in men_words(folder)) or library


def _of_library(library: Library) -> tuple[Wanted, ...]:
    return each_once(Wanted(concept.name, concept.domain) for concept in library)


def _of_text(text: str, source: str) -> tuple[Wanted, ...]:
    parted = (line.partition("\t") for line in text.splitlines())
    return _checked(
        each_once(Wanted(" ".join(word.split()), domain.strip()) for word, _, domain in parted), source
    )


def _checked(words: tuple[Wanted, ...], source: str) -> tuple[Wanted, ...]:
    if not words:
        raise InputError(f"{source} hold no word: expected at least one, such as 'lighthouse'")
    if len(words) > MOST_WORDS:
        raise InputError(
            f"{source} hold {len(words):,} words: expected at most {MOST_WORDS:,}, so harvest some at a time"
        )
    for word in words:
        if max(len(word.name), len(word.domain)) > LONGEST_WORD or "\0" in word.name + word.domain:
            raise InputError(
                f"{source} hold {shortened(word.name, 40)!r}, which is no word: expected one a line, of at most "
                f"{LONGEST_WORD} characters, and its domain after a tab if wanted"
            )
    return words
