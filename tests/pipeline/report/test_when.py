"""Stability and checkpoints in a report: what their stages give, beside the paper's; and what is told without them."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from expertlens_core.analysis.published import TABLE_2
from expertlens_core.pipeline import StabilityRequest, find, stability
from expertlens_core.pipeline.report import stability as section_of_stability
from expertlens_core.pipeline.report.report import report
from expertlens_core.pipeline.report.section import between, shown
from expertlens_core.run import Run


@pytest.fixture
def few(monkeypatch):
    """A grid that the tiny library has sentences for."""
    small = partial(StabilityRequest, sizes=(4, 8), folds=2)
    monkeypatch.setattr(section_of_stability, "StabilityRequest", small)
    return small


def section(made, name: str):
    return next(each for each in made.sections if each.name == name)


def test_stability_is_that_of_its_stage_beside_the_paper(asked, few, library, model, store):
    run = Run(store, library=library, model=model)
    wanted = replace(asked, tau=0.5, compute=("experts", "stability"))
    told = section(report(wanted, run), "stability")
    rows = [row for row in stability(few(asked.find), run).rows if row.tau == 0.5 and row.positives == 8]
    (within,) = (row for row in rows if (row.compared, row.source) == ("within", "all"))
    (across,) = (row for row in rows if (row.compared, row.source) == ("across", "all"))
    numbers = {number.name: number for number in told.numbers}
    same, two = numbers["Jaccard of experts: other sentences"], numbers["Jaccard of experts: two concepts"]
    assert (same.value, same.around) == (shown(within.jaccard), between(within.low, within.high))
    assert (two.value, same.published, two.published) == (
        shown(across.jaccard), "about 0.8 (GPT-2)", "about 0 (GPT-2)"
    )  # fmt: skip
    assert same.options == "tau 0.5, 8 sentences with, 20 without, 2 folds"
    again = section(report(replace(asked, tau=0.6), run), "stability")
    assert {number.published for number in again.numbers} == {""}


def test_checkpoints_count_what_find_finds(asked, library, model, store, tiny_folder):
    run = Run(store, library=library, model=model)
    wanted = replace(
        asked, checkpoints=("random:0", str(tiny_folder.parent)), compute=("experts", "checkpoints")
    )
    made = report(wanted, run)
    told = section(made, "checkpoints")
    table = next(block for block in told.blocks if hasattr(block, "rows"))
    for row, revision in zip(table.rows, ("random:0", None), strict=True):
        each = find(replace(asked.find, revision=revision), Run(store, library=library))
        sizes = [int(np.count_nonzero(found.expertise.ap > asked.tau)) for found in each]
        assert row[1] == shown(float(np.mean(sizes)), 0)
    assert [row[2] for row in table.published] == [f"{row.in_domain:.2f}" for row in TABLE_2]
    assert len([number for number in told.numbers if number.name.startswith("Experts of a concept in")]) == 2
    assert len([number for number in told.numbers if number.name.startswith("Rho with")]) == 2
    assert str(tiny_folder.parent) not in made.page


def test_without_them_it_says_how_to_get_them(made):
    assert (
        "no checkpoints were named (revisions of the model, folders, or random:0"
        in section(made, "checkpoints").missing
    )
    assert "--revisions random:0 --compute checkpoints --out report.html" in made.page
    assert "--compute stability --out report.html" in made.page
