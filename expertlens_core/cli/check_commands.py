"""``concepts check`` and ``concepts audit``: what speaks against a concept's sentences."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from ..concepts import Concept, pool_for, write_library
from ..concepts.checks import Finding, check_concept, mended_through, sentence_sets
from ..concepts.checks.sets import CountTokens
from ..errors import InputError
from ..pipeline.finding.plan import choose_concepts
from ..pipeline.finding.request import FindRequest
from ..pipeline.probing.audit import AuditRequest, audit, audited_concepts
from .options import takes
from .output import ProgressLine, say, write_json

SHOWN = 10
"""Sentences of an audit that are printed."""


@takes(
    FindRequest,
    only=["library", "names", "negatives", "seed", "max_tokens"],
    fix="Mend what is warned of and can be mended; --out is then the library's file.",
    strict="Exit with 1 where there is a warning (after mending, with --fix).",
    out=("FILE", "File for the findings (.json); with --fix for the mended library (.json, .jsonl, .csv)."),
    tokenizer=("M", "Also look for sentences beyond --max-tokens, counted by this model's tokenizer."),
)
def check_command(
    asked: FindRequest,
    fix: bool = False,
    strict: bool = False,
    out: Path | None = None,
    tokenizer: str = "",
) -> None:
    """Check the sentences of concepts: copies, length, language, letters and more; no model is run.

    Prints a row for each finding. Negatives are a concept's own, else those that find draws with the same options.
    """
    if fix and out is None:
        raise InputError(
            "--fix has nowhere to write the mended library: add --out FILE, such as --out mended.json"
        )
    run = ProgressLine().run()
    library = run.library_named(asked.library)
    chosen = choose_concepts(library, asked.names)
    pool = None if all(concept.negatives for concept in chosen) else pool_for(library)
    count = _counter(tokenizer) if tokenizer else None
    options: dict[str, Any] = {"seed": asked.seed, "count_tokens": count, "max_tokens": asked.max_tokens}

    def check(concept: Concept) -> tuple[Finding, ...]:
        drawn = None if concept.negatives else asked.drawn(concept)
        return check_concept(sentence_sets(concept, library, pool, count=drawn, **options))

    found = {concept.key: check(concept) for concept in chosen}
    _print(found)
    if fix and out is not None:
        ours = set(found)
        made = tuple(_fixed(each, check) if each.key in ours else each for each in library)
        write_library(replace(library, concepts=made), out)
        changed = sum(before != after for before, after in zip(library, made))
        say(f"{changed} of {len(found)} concepts mended, library written to {out}")
        found = {concept.key: check(concept) for concept in made if concept.key in ours}
    elif out is not None:
        write_json(
            out, {"findings": {key: list(some) for key, some in found.items()}, "request": asked.to_json()}
        )
    warnings = sum(finding.level == "warning" for some in found.values() for finding in some)
    notes = sum(map(len, found.values())) - warnings
    say(f"{len(found)} concepts checked: {warnings} warnings, {notes} notes{' are left' if fix else ''}")
    if strict and warnings:
        raise typer.Exit(1)


@takes(AuditRequest, out=("X.json", "File for the scores of all sentences."))
def audit_command(asked: AuditRequest, out: Path | None = None) -> None:
    """Look for sentences of another sense: those that a concept's best units do not rank with the others.

    Prints the sentences far below the others, or the lowest ones. The model reads the sentences of each concept.
    """
    results = {}
    with ProgressLine() as line:
        run = line.run()
        for each in audited_concepts(asked, run):
            results[each.find.names[0]] = audit(each, run)
    print("concept\tscore\tflagged\tsentence")
    for key, made in results.items():
        for row in made.lowest[: max(SHOWN, len(made.flagged))]:
            flagged = "yes" if row in made.flagged else ""
            print(f"{key}\t{made.scores[row]:.2f}\t{flagged}\t{' '.join(made.sentences[row].split())}")
        say(f"{key}: {len(made.flagged)} of {len(made.sentences)} sentences are unlike the others")
    if out is not None:
        write_json(out, {"concepts": results, "request": asked.to_json()})


def _counter(model: str) -> CountTokens:
    from ..models.loading import load_tokenizer
    from ..models.tokens import token_counter

    return token_counter(load_tokenizer(model))


def _fixed(concept: Concept, check: Any) -> Concept:
    return mended_through(concept, lambda each: [some for some in check(each) if some.level == "warning"])


def _print(found: dict[str, tuple[Finding, ...]]) -> None:
    print("concept\tlevel\tkind\tnumber\tbeside\tmendable\tfound\teffect\tmend")
    for key, findings in found.items():
        for each in findings:
            beside = "" if each.beside != each.beside else f"{each.beside:.4g}"
            columns = (
                key,
                each.level,
                each.kind,
                f"{each.number:.4g}",
                beside,
                "yes" if each.mendable else "",
            )
            print("\t".join((*columns, each.found, each.effect, each.mend)))
