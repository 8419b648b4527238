"""``concepts generate``: sentences for words, written by an instruct model, as a library."""

import math
from dataclasses import replace
from pathlib import Path

from ..pipeline.probing.generate import GenerateRequest
from .harvest_command import LIBRARY, WORDS
from .options import split_names, takes
from .output import ProgressLine, say


@takes(GenerateRequest, leave=("words", "domain"), words=WORDS, out=LIBRARY)
def generate_command(asked: GenerateRequest, words: str, out: Path) -> None:
    """Have a model write sentences for words, half of them facts and half stories, until enough are good.

    The writer is an instruct model on this machine, or the http address of an OpenAI-compatible endpoint, whose key is
    taken from EXPERTLENS_API_KEY or OPENAI_API_KEY. The library is written after each word; the same command goes on
    where it was stopped. Prints word, taken, put aside and for what.
    """
    from ..concepts import Library, write_library
    from ..concepts.harvest import Wanted
    from ..concepts.library_files import check_library_path
    from ..pipeline.probing.generate import generate
    from ..pipeline.probing.words import is_list, listed_words
    from ..pipeline.probing.writing_cost import writing_cost

    check_library_path(out)
    wanted = listed_words(words) if is_list(words) else tuple(Wanted(name) for name in split_names(words))
    asked = replace(asked, words=tuple(word.name for word in wanted))
    domains = {word.name: word.domain for word in wanted}
    name = Path(out.stem).stem if out.suffix == ".gz" else out.stem
    concepts = []
    with ProgressLine() as line:
        run = line.run()
        cost = writing_cost(asked, run)
        time = "" if math.isnan(cost.seconds) else f", about {cost.seconds / 60:.0f} min as last time"
        say(
            f"about {cost.requests:,} requests, {cost.tokens_in:,} tokens in and {cost.tokens_out:,} out{time}"
        )
        print("word\ttaken\tput aside\tdiversity\twhy")
        for made in generate(asked, run):
            concepts.append(replace(made.concept, domain=domains[made.concept.name]))
            why = ", ".join(f"{reason} {count}" for reason, count in made.reasons.items())
            taken, aside = len(made.concept.positives), len(made.rejected)
            print(f"{made.concept.name}\t{taken}\t{aside}\t{made.diversity:.2f}\t{why}", flush=True)
            if out.suffix:
                write_library(Library(name, tuple(concepts)), out)
    if not out.suffix:
        write_library(Library(name, tuple(concepts)), out)
    sentences = sum(len(concept.positives) for concept in concepts)
    say(f"{len(concepts):,} concepts with {sentences:,} sentences written to {out}")
