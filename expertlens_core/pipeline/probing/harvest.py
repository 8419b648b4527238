"""The stage that harvests: files of text and words in, sentences with their places out."""

from typing import Annotated

from pydantic import Field

from ...concepts.harvest import CAP, Gathering, Harvest, Wanted
from ...concepts.text_files import text_files
from ...concepts.text_sources import passages
from ...errors import InputError
from ...request import Names, Request, request
from ...run import NotKeptError, Run
from .words import listed_words, typed_words


@request
class HarvestRequest(Request):
    """Find sentences for many words in texts of one's own (docs/method.md, section 1)."""

    texts: Names = ()
    """Files (.txt, .md, .csv, .tsv, .jsonl, also .gz; .parquet), or folders of them."""
    words: Names = ()
    """The words, in any form; what they share with a word of the text is a lemma."""
    word_list: str = ""
    """In place of words: men, everyday, or a file with one word a line (a tab and its domain may follow)."""
    column: str = ""
    """Column of the text in tables; default the one whose texts are longest in the mean."""
    cap: Annotated[int, Field(ge=2, le=10_000)] = CAP
    """Most sentences kept for a word."""
    seed: int = Field(default=0, ge=0)
    """Of the choice among more sentences than that."""

    def wanted(self) -> tuple[Wanted, ...]:
        """The words, each once.

        Raises InputError when there is none, or no such list.
        """
        if self.words and self.word_list:
            raise InputError("there are both words and a list of words: expected one of the two")
        return listed_words(self.word_list) if self.word_list else typed_words(self.words)


def harvest(asked: HarvestRequest, run: Run) -> Harvest:
    """Sentences for many words in one pass over texts. Nothing is kept of it: it is as quick as reading allows.

    Raises:
        InputError: for texts or words that cannot be read.
        Cancelled: when the run was asked to stop.
    """
    wanted, files = asked.wanted(), text_files(asked.texts)
    if not run.compute:
        raise NotKeptError("the sentences have not been looked for yet")
    size = sum(file.size for file in files)
    run.progress(0, size, "reading")
    gathering = Gathering(wanted, asked.cap, asked.seed)
    before = 0
    for file in files:
        for some in passages(file, asked.column):
            run.check("stopped; nothing was written")
            gathering.add(some)
            run.progress(min(before + some.read, size), size, f"reading {file.label}")
        before += file.size
    run.check("stopped; nothing was written")
    return gathering.harvest(len(files), size)
