"""Two models or checkpoints: on the same pairs, and on the bins of a priming table."""

from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.comparison import Comparison
from expertlens_core.analysis.spp import sample_targets
from expertlens_core.figures import Figure, printable
from expertlens_core.pipeline import Plan, Priming
from expertlens_core.pipeline.finding.expertise_file import library_versions
from pages.parts.alignment.agreement import chart_height
from pages.parts.alignment.results import FEWEST, Asked
from pages.parts.alignment.rows import NEITHER, difference, row_name, verdict
from pages.shared.choices.alignment import BESIDE
from pages.shared.plain import plain
from pages.shared.second_model import choose_second, second_plan
from pages.shared.selection import Selection
from pages.shared.show import methods, number_columns, show, table_download
from pages.shared.waiting import find_rest

FORMATS = {"p": "%.4f", "Steiger's Z": "%.2f", "its p": "%.4f"}


def draw_models(chosen: Selection, asked: Asked) -> None:
    """Both models' agreement on the pairs that both cover, and their difference."""
    other = _second(chosen, asked)
    if other is None:
        st.info(
            "Choose a second model or checkpoint: both are held against the same judgments, on the same pairs and in "
            "the same resamples, so that their difference has an interval of its own.",
            icon=":material/compare_arrows:",
        )
        return
    find_rest(other, "")
    if asked.judged.pairs_among(other.finished) < FEWEST or (made := asked.two_models(other)) is None:
        return
    models = tuple(dict.fromkeys(row.label.partition(" (")[2].removesuffix(")") for row in made.rows))
    names = short_names(models)
    # The same measure in both models: rows come model by model.
    half = len(made.rows) // 2
    pairs = zip(made.rows[:half], made.rows[half:])
    found = [each for one, two in pairs for each in made.comparisons(one.label, [two.label])]
    if found:
        st.markdown(f"**{plain(said(found[0], names))}**")
    groups = {printable(name): made.rows[half * place :][:half] for place, name in enumerate(names)}
    rows = figures.alignment_frame(groups)
    rows["measure"] = [
        printable(f"{row_name(row.label.partition(' (')[0])}, {names[place // half]}")
        for place, row in enumerate(made.rows)
    ]
    order = [place for first in range(half) for place in (first, first + half)]
    rows = rows.iloc[order].reset_index(drop=True)
    about = {
        "model": " and ".join(models),
        "library": asked.plan.library.name,
        "request": asked.plan.request.to_json() | {"revision": ""},
        "versions": library_versions(),
    }
    figure = Figure(
        figures.alignment_chart(rows),
        rows,
        f"Two models against {asked.judged.name}",
        f"Rho of two models with {asked.judged.name}.",
        f"two models, {asked.judged.name}",
        asked.lines(about, len(made.human)),
    )
    show(figure, key="two models", height=chart_height(rows) + 30)
    if found:
        one, two = map(printable, names)
        ways = {"better": f"better in {one}", "worse": f"less well in {one}", NEITHER: NEITHER}
        lines = [
            (_by(each), ways[verdict(each)], difference(each), each.p, each.steiger_z, each.steiger_p)
            for each in found
        ]
        columns = ["by", f"agrees, {one} against {two}", "difference in rho", *FORMATS]
        table = pd.DataFrame(lines, columns=columns)
        st.dataframe(table, hide_index=True, column_config=number_columns(FORMATS))
        table_download(table, f"difference of two models, {asked.judged.name}", key="two models table")


def draw_priming(chosen: Selection, asked: Asked) -> None:
    """Overlap by strength of priming with its intervals, and the fixed effects of the mixed model."""
    every = asked.judged.targets
    if not every:
        st.info(
            "This needs a table of the Semantic Priming Project (columns target, prime, unrelated and association): "
            "upload one with the button at the top, or type its path.",
            icon=":material/upload:",
        )
        return
    there = set(asked.plan.finished)
    if not sample_targets(every, there):
        some = every[0]
        st.info(
            f"None of the {len(every):,} targets has all its four words among the {len(there):,} concepts with "
            f"experts. The first one needs the concepts {plain(some.target)}, {plain(some.strong)}, {plain(some.weak)} "
            f"and {plain(some.unrelated)}.",
            icon=":material/playlist_add:",
        )
        return
    other = _second(chosen, asked)
    if other is not None and other.missing:
        st.caption("The second model joins once its experts are found: see the part Two models.")
    made = asked.priming([other] if other is not None and not other.missing else [])
    if made is None:
        return
    count, left_out = len(made.targets), made.targets_left_out
    st.markdown(
        f"**{count:,} targets** with a strong, a weak and an unrelated partner each."
        + (f" {left_out:,} are left out: a word is no concept, or 100 are drawn." if left_out else "")
    )
    note = f"{count} targets, mean overlap and 95 % interval"
    lines = asked.lines(made.about[0], 3 * count, note)
    show(figures.priming_figure(dict(zip(made.models, made.bars)), lines), key="priming")
    _mixed(made)
    methods(made.about[0], asked.tau, asked.outside)


def _second(chosen: Selection, asked: Asked) -> Plan | None:
    """The choice of the second model; its plan for the concepts of judged pairs that the first has results for."""
    look: dict[str, Any] = {"placeholder": "Choose a checkpoint, or type a model", "width": 420}
    choose_second(BESIDE, chosen, "Second model or checkpoint", **look)
    there = set(asked.plan.finished)
    return second_plan(BESIDE, chosen, *(key for key in asked.judged.concepts if key in there))


def _mixed(made: Priming) -> None:
    st.subheader("Mixed model")
    if made.mixed is None:
        st.info(plain(made.why_not), icon=":material/info:")
        return
    effects = pd.DataFrame([asdict(effect) for effect in made.mixed.effects])
    effects.columns = [name.replace("_", " ") for name in effects.columns]
    forms = dict.fromkeys(effects.columns[1:], "%.4f") | {"z": "%.2f"}
    st.dataframe(effects, hide_index=True, column_config=number_columns(forms))
    table_download(effects, "priming, fixed effects", key="effects")
    st.caption(
        "Overlap by model and similarity, sliding differences: each row is a level minus the one before it. Random "
        f"intercepts for both concepts; only the fixed effects are claimed. {made.mixed.observations:,} overlaps of "
        f"{made.mixed.concepts:,} concepts."
        + ("" if made.mixed.converged else " The fit did not converge: do not rely on it.")
    )


def short_names(models: tuple[str, ...]) -> tuple[str, ...]:
    """``pythia-70m step0, pythia-70m step64`` → ``step0, step64``; hub ids lose their owner."""
    words = [model.split("/")[-1].split() for model in models]
    if len({tuple(each[:1]) for each in words}) == 1 and all(len(each) > 1 for each in words):
        words = [each[1:] for each in words]
    made = tuple(" ".join(each) for each in words)
    return made if len(set(made)) == len(models) else models


def said(compared: Comparison, names: tuple[str, ...]) -> str:
    """``Expert overlap > 0.5 agrees better with people in step-2800 than in step-0: +0.36 [+0.07, +0.45]``."""
    by, (one, two) = _by(compared), names
    ways = {
        "better": f"agrees better with people in {one} than in {two}",
        "worse": f"agrees less well with people in {one} than in {two}",
        NEITHER: f"shows no clear difference between {one} and {two}",
    }
    return printable(f"{by[:1].upper()}{by[1:]} {ways[verdict(compared)]}: {difference(compared)}")


def _by(compared: Comparison) -> str:
    return row_name(compared.first.partition(" (")[0])
