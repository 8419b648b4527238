"""Human alignment: every measure and baseline on the same pairs, and the paper's rho beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from ... import figures
from ...analysis.alignment import Alignment, agreement_on
from ...analysis.comparison import Comparison
from ...analysis.judgment_source import load_judgments
from ...analysis.published import HUMAN_RHO, MEN_TEST_RHO
from ...errors import InputError
from ...experts.expert_set import TAUS
from ...figures import Figure, printable
from ...figures.alignment_chart import row_name
from ...run import NotKeptError, Run
from ..meaning.alignment import Aligned, AlignRequest, align_judgments
from ..meaning.baselines import BaselineName
from .command import report_command
from .request import BUILT_IN_JUDGMENTS, ReportRequest
from .section import Block, Number, Section, Table, between, shown
from .subject import Subject

NAMES = {
    "men-in-the-box": "MEN, built-in part",
    "men": "MEN",
    "simlex999": "SimLex-999",
    "wordsim353": "WordSim-353",
    "taxonomy": "the library's own domains",
}
"""Judgments → what a reader sees."""
COMPLETE_RESAMPLES = 1_000
"""For complete judgments, whose every resample draws concepts and ranks all their pairs anew."""
WITHOUT_MODEL: tuple[BaselineName, ...] = ("tf-idf",)
"""Baselines that need no run of the model."""
_PAPER = "tau 0.5, all 1,000 pairs of MEN's test split"


def alignment(subject: Subject) -> Section:
    """Rho with the judgments by every measure, baseline, kind and layer; MEN's test split apart, as the paper has it.

    Raises InputError where no concept has a result, or fewer than 3 judged pairs are covered.
    """
    request = align_request(subject.asked)
    made, places = _kept(request, subject)
    main, judgments = made.measures[0], _name(made)
    test = _test_split(request, made)
    numbers = [_number(main, made)]
    if test:
        numbers.append(_number(test[0], made, "test split"))
    if made.ceiling is not None:
        told = f"one rater against the other: {shown(made.ceiling.between_raters)}"
        people = Number(
            "People: mean of MEN's two raters", shown(made.ceiling.mean_rho), told, f"{HUMAN_RHO:.2f}"
        )
        numbers.append(people)
    if against := _comparisons(made):
        ahead = sum(each.ci_low > 0 for each in against)
        behind = sum(each.ci_high < 0 for each in against)
        count = len(against)
        paper = "better than word and sentence embeddings" if _is_men(made) else ""
        numbers.append(
            Number(
                "Experts agree better than",
                f"{ahead} of {count} baselines",
                f"less well than {behind} of them",
                paper,
            )
        )
    blocks: list[Block] = [_figure(made), _table(made, test), *_against(made)]
    if places is not None:
        blocks.append(_places(places))
    note = f"{judgments}{f', {made.table.split} split' if made.table.split else ''}: {main.pairs:,} pairs"
    note += f", bootstrap and {main.test} test of {request.resamples:,}, seed {request.seed}"
    if set(made.about["align"]["baselines"]) < set(request.baselines):
        blocks.append(
            "The baselines of the model's own embeddings are not computed yet; this command adds them: "
            + report_command(subject.asked, "alignment")
        )
    if made.missing:
        blocks.append(f"{len(made.missing):,} concepts have no result yet, so their pairs are left out.")
    lines = subject.lines(made.about, tau=request.taus[0], note=note)
    return Section("alignment", tuple(numbers), tuple(blocks), lines, made.about)


def align_request(asked: ReportRequest) -> AlignRequest:
    """What the alignment page asks for as well, so that either finds the other's results."""
    find = replace(asked.find, library=asked.judged_library)
    if asked.judged_library != asked.find.library:
        find = replace(find, names=())
    taus = tuple(sorted({*TAUS, asked.tau}, key=lambda tau: (tau != asked.tau, tau)))
    whole = AlignRequest(find, asked.judgments, taus=taus, places=False)
    few = COMPLETE_RESAMPLES
    return replace(whole, resamples=few, permutations=few) if asked.judgments == "taxonomy" else whole


def _kept(request: AlignRequest, subject: Subject) -> tuple[Aligned, Aligned | None]:
    """What is there of measures and baselines, and by place; only what takes no run of a model is computed."""
    own = request.find.library == subject.asked.find.library
    library = subject.run.library if own else None
    run, kept = (each.at_hand(library=library) for each in (subject.run, subject.computes("alignment")))
    bare = replace(request, taus=request.taus[:1], measures=("jaccard",), baselines=(), places=True)
    try:
        made = align_judgments(request, kept)
    except NotKeptError:
        made = align_judgments(replace(request, baselines=WITHOUT_MODEL), run)
    try:
        return made, align_judgments(bare, kept)
    except NotKeptError:
        return made, _or_none(bare, run)


def _or_none(request: AlignRequest, run: Run) -> Aligned | None:
    """The alignment, where the results behind it are there."""
    with suppress(InputError):
        return align_judgments(request, run)
    return None


def _name(made: Aligned) -> str:
    return NAMES.get(made.table.judgments, made.table.judgments)


def _is_men(made: Aligned) -> bool:
    return made.table.judgments in ("men", BUILT_IN_JUDGMENTS)


def _test_split(request: AlignRequest, made: Aligned) -> tuple[Alignment, ...]:
    """The measures and chosen baselines on MEN's test split, from the similarities of all pairs; else nothing."""
    if not _is_men(made) or made.table.split:
        return ()
    times = {"resamples": request.resamples, "permutations": request.permutations, "seed": request.seed}
    try:
        judgments = load_judgments(request.judgments, "test")
        return tuple(
            agreement_on(made.table, row.label, judgments, **times)
            for row in (*made.measures, *_chosen(made))
        )
    except InputError:
        return ()


def _number(row: Alignment, made: Aligned, part: str = "") -> Number:
    split = part or (f"{made.table.split} split" if made.table.split else "")
    paper = ""
    if _is_men(made) and split == "test split":
        models = ", ".join(f"{rho:.2f} ({name})" for name, rho in MEN_TEST_RHO.items())
        paper = f"{models}; people {HUMAN_RHO:.2f}"
    what = f"Spearman's rho with {_name(made)}{f', {split}' if split else ''}"
    options = f"{row_name(row.label)}, {row.pairs:,} pairs, p {shown(row.p, 4)} ({row.test} test)"
    if row.auroc is not None:
        options += f", AUROC of pairs of one domain {shown(row.auroc, 3)}"
    return Number(what, shown(row.rho), between(row.ci_low, row.ci_high), paper, options)


def _chosen(made: Aligned) -> tuple[Alignment, ...]:
    """The baselines, of the mean difference the best layer alone."""
    layers = [row for row in made.baselines if row.label.startswith("mean-difference")]
    best = max(layers, key=lambda row: -math.inf if math.isnan(row.rho) else row.rho, default=None)
    return tuple(row for row in made.baselines if row not in layers or row is best)


def _comparisons(made: Aligned) -> tuple[Comparison, ...]:
    """The experts against the chosen baselines."""
    chosen = {row.label for row in _chosen(made)}
    return tuple(each for each in made.comparisons if each.second in chosen)


def _figure(made: Aligned) -> Figure:
    title = f"Agreement with people: {_name(made)}"
    said = f"Spearman's rho of measures and baselines with {_name(made)}, with 95 % intervals."
    return _chart({"experts": made.measures, "baseline": _chosen(made)}, made, title, said)


def _chart(groups: Mapping[str, Sequence[Alignment]], made: Aligned, title: str, said: str) -> Figure:
    frame = figures.alignment_frame(groups)
    frame["measure"] = [printable(row_name(label)) for label in frame["measure"]]
    ceiling = made.ceiling.mean_rho if made.ceiling else None
    return Figure(figures.alignment_chart(frame, ceiling=ceiling), frame, title, said, title)


def _table(made: Aligned, test: Sequence[Alignment]) -> Table:
    head: tuple[str, ...] = ("measure", f"rho, {made.measures[0].pairs:,} pairs", "95 %", "p")
    if test:
        head += (f"rho, test split, {test[0].pairs:,} pairs", "95 %")
    rows = []
    for number, row in enumerate((*made.measures, *_chosen(made))):
        cells = [row_name(row.label), shown(row.rho, 3), _interval(row), shown(row.p, 4)]
        if test:
            cells += [shown(test[number].rho, 3), _interval(test[number])]
        rows.append(tuple(cells))
    paper = []
    if test or made.table.split == "test":
        place = len(head) - 2 if test else 1
        for name, rho in {**MEN_TEST_RHO, "people (two raters' mean)": HUMAN_RHO}.items():
            cells = [f"{name}", *[""] * (len(head) - 1)]
            cells[place] = f"{rho:.2f}"
            paper.append(tuple(cells))
    layers = sum(row.label.startswith("mean-difference") for row in made.baselines)
    note = (
        f"Of the {layers} layers' mean differences the one that agrees best is shown. " if layers > 1 else ""
    )
    if paper:
        note += f"The paper: {_PAPER}, 400 + 1,000 sentences a concept."
    return Table(
        "Every measure and baseline on the same pairs", head, tuple(rows), tuple(paper), note.strip()
    )


def _against(made: Aligned) -> tuple[Block, ...]:
    rows = tuple(
        (
            row_name(each.second),
            shown(each.difference, 3, signed=True),
            f"{shown(each.ci_low, 3, signed=True)} to {shown(each.ci_high, 3, signed=True)}",
            shown(each.p, 4),
        )
        for each in _comparisons(made)
    )
    if not rows:
        return ()
    note = "Paired bootstrap over the same pairs."
    if _is_men(made):
        note += " The paper: p < 0.0001 against words, p < 0.05 against sentences."
    head = ("baseline", "rho of the experts − rho of the baseline", "95 %", "p")
    return (Table(f"Experts ({row_name(made.main)}) against each baseline", head, rows, note=note),)


def _places(made: Aligned) -> Figure:
    groups = {"experts": made.measures[:1], "kind": made.kinds, "layer": made.layers}
    said = f"Rho with {_name(made)} of each layer and kind of module alone."
    return _chart(groups, made, "Agreement by layer and kind alone", said)


def _interval(row: Alignment) -> str:
    return "" if math.isnan(row.ci_low) else f"{shown(row.ci_low, 3)} to {shown(row.ci_high, 3)}"
