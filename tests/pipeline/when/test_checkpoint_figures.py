"""What the figures of a series of checkpoints show, against counts made one by one."""

from itertools import pairwise

import numpy as np
import pytest
from safetensors import safe_open
from scipy.stats import spearmanr

from expertlens_core.analysis.checkpoint_series import sizes
from expertlens_core.figures.step_table import (
    alignment_table,
    domain_statistics_table,
    domain_step_table,
    kept_table,
    layer_table,
    size_table,
)

from .conftest import JUDGMENTS, STEPS, TAUS, WORLD


def rows_of(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def test_steps_stand_by_number_each_once_behind_the_random_start(made):
    names = ["small_world/step-2800@random:0", *(f"small_world/step-{step}" for step in STEPS)]
    assert [each.name for each in made.results] == names
    assert [each.step for each in made.results] == [None, *STEPS]
    assert made.series == ("small_world",)
    assert (made.skipped, made.notes) == ((), ())


def test_sizes_are_the_means_of_sets_counted_one_by_one(made, sets):
    table = size_table(made)
    for name in (each.name for each in made.results):
        for tau in TAUS:
            (row,) = rows_of(table, checkpoint=name, panel=f"AP above {tau:.2f}").itertuples()
            counted = [len(each) for each in sets(name, tau).values()]
            assert row.value == pytest.approx(sum(counted) / len(counted), abs=1e-12)
            assert min(counted) <= row.low <= row.value <= row.high <= max(counted)
            assert row.random == ("random" in name)


def linear_maps():
    """Module → number of its outputs, from the weights' own shapes."""
    with safe_open(WORLD / "step-0" / "model.safetensors", "np") as file:
        shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
    inside = {
        name.removesuffix(".weight"): shape[0]
        for name, shape in shapes.items()
        if ".layers." in name and name.endswith(".weight") and len(shape) == 2
    }
    return {"layers." + name.partition(".layers.")[2]: width for name, width in inside.items()}


def test_sizes_per_unit_divide_by_the_true_number_of_units(made):
    every, widths = size_table(made), linear_maps()
    for outside in (False, True):
        counted = size_table(made, without_token_only=outside)
        shares = size_table(made, per_unit=True, without_token_only=outside)
        kept = [
            w for name, w in widths.items() if not (outside and name == "layers.0.attention.query_key_value")
        ]
        np.testing.assert_allclose(shares["value"] * sum(kept), counted["value"], rtol=1e-12)
    assert sum(widths.values()) == made.results[0].counts.units.count
    assert (every["value"] > counted["value"]).any(), "token-only modules have experts"


def test_layers_hold_the_experts_that_their_names_tell(made, sets):
    widths = linear_maps()
    table = layer_table(made, 0.5)
    for name in ("small_world/step-2800", "small_world/step-2800@random:0"):
        for layer in range(4):
            for kind in ("attention", "mlp"):
                (row,) = rows_of(table, checkpoint=name, layer=layer, kind=kind).itertuples()
                place = f"layers.{layer}.{kind}."
                counted = [sum(unit.startswith(place) for unit in each) for each in sets(name, 0.5).values()]
                assert row.experts == pytest.approx(sum(counted) / len(counted))
                assert row.units == sum(width for module, width in widths.items() if module.startswith(place))
                assert row.share == pytest.approx(row.experts / row.units)
    without = layer_table(made, 0.5, without_token_only=True)
    first = rows_of(without, layer=0, kind="attention")
    assert set(first["units"]) == {widths["layers.0.attention.dense"]}


def test_what_is_kept_from_step_to_step_is_the_jaccard_of_the_sets(made, sets):
    table = kept_table(made)
    assert len(table) == 3 * len(TAUS), "a random start is no step of the training"
    for before, after in pairwise(STEPS):
        for tau in TAUS:
            name = f"small_world/step-{before} → small_world/step-{after}"
            (row,) = rows_of(table, checkpoint=name, panel=f"AP above {tau:.2f}").itertuples()
            first, second = (sets(f"small_world/step-{step}", tau) for step in (before, after))
            pairs = [(first[key], second[key]) for key in first]
            each = [len(a & b) / len(a | b) if a | b else 0.0 for a, b in pairs]
            assert row.value == pytest.approx(sum(each) / len(each))
            assert row.empty == sum(not a | b for a, b in pairs)
            assert row.step == after
    assert rows_of(table, panel="AP above 0.80")["empty"].sum() > 0, "the case was met"


def test_agreement_is_the_rank_correlation_of_the_sets_overlap_with_the_judgments(made, sets):
    judged = [line.split("\t") for line in JUDGMENTS.splitlines()]
    table = alignment_table(made)
    for each in made.results:
        found = sets(each.name, 0.5)
        alike = [len(found[a] & found[b]) / max(1, len(found[a] | found[b])) for a, b, _ in judged]
        rho = spearmanr(alike, [float(score) for *_, score in judged]).statistic
        (row,) = rows_of(table, checkpoint=each.name, panel="AP above 0.50").itertuples()
        assert row.value == pytest.approx(rho, abs=1e-9)
        assert row.pairs == len(judged)
    measures = alignment_table(made, by_measure=True)
    assert {"jaccard > 0.5", "cosine", "kl, sign turned", "tf-idf"} <= set(measures["panel"])
    assert "jaccard > 0.6" not in set(measures["panel"])
    turned = rows_of(measures, panel="kl, sign turned", checkpoint="small_world/step-2800")["value"].item()
    (raw,) = (row.rho for row in made.results[-1].alignment if row.measure == "kl")
    assert turned == -raw


def test_domains_are_counted_as_sets(made, sets):
    groups = {"animals": (("cat", "dog", "horse"), "animal"), "colours": (("red", "blue"), "colour")}
    groups["vegetables"] = (("corn", "carrot"), "vegetable")
    table = domain_step_table(made)
    for each in made.results:
        found, shares, broader = sets(each.name, 0.5), [], []
        for specific, above in groups.values():
            core = set.intersection(*(found[key] for key in specific))
            shares.append(100 * len(core) / len(set.union(*(found[key] for key in specific))))
            if core:
                broader.append(100 * len(core & found[above]) / len(core))
        rows = rows_of(table, checkpoint=each.name, kind="measured")
        assert rows_of(rows, panel="% shared in a domain")["value"].item() == pytest.approx(np.mean(shares))
        if broader:
            value = rows_of(rows, panel="% of it with the broader concept")["value"].item()
            assert value == pytest.approx(np.mean(broader))
    told = domain_statistics_table(made)
    paper = rows_of(told, checkpoint="pythia-1b", step=36_000)
    assert paper[["in domain", "with broader", "from"]].to_numpy().tolist() == [[1.81, 60.87, "the paper"]]
    assert len(told) == len(made.results) + 12


def test_the_training_shows_in_all_of_them(made):
    """The model learns its small world: what the random start has is less."""
    first, last = made.results[0], made.results[-1]
    assert sizes(last, (0.8,))[0].mean > 2 * sizes(first, (0.8,))[0].mean
    assert last.alignment[0].rho > first.alignment[0].rho
    assert last.domains.mean.in_domain.percent > first.domains.mean.in_domain.percent
