from pathlib import Path

import numpy as np
import pytest

from expertlens_core.analysis.judgment_source import load_judgments
from expertlens_core.analysis.mixed_model import fit_mixed_model, sliding_differences
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.analysis.spp import (
    BINS,
    SppTarget,
    overlap_by_bin,
    read_spp,
    sample_targets,
    spp_judgments,
)
from expertlens_core.errors import InputError

SPP = Path(__file__).parents[2].parent / "shared" / "data" / "spp" / "spp_pairs.csv"
HEADER = "target,prime,unrelated,association,context_word,delta_nt_200ms,relation\n"
ROWS = [
    "abandon,disown,provision,first,related,-32.3,synonym",
    "abandon,disown,provision,first,similar,-32.3,synonym",
    "abandon,maroon,fuel,other,related,NA,synonym",
    "pilot,plane,rice,first,related,1,category",
    "pilot,aircraft,aircraft,other,related,1,script",
    "lone,alone,salt,first,related,1,synonym",
]


def test_the_authors_layout_is_read_and_incomplete_targets_are_left_out(tmp_path):
    path = tmp_path / "spp.csv"
    path.write_text(HEADER + "\n".join(ROWS))
    assert read_spp(path) == (SppTarget("abandon", "disown", "maroon", "provision"),)
    judged = load_judgments(path)
    assert dict(zip(judged.pairs, judged.scores)) == {
        ("abandon", "disown"): 2,
        ("abandon", "maroon"): 1,
        ("abandon", "provision"): 0,
    }


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("word1,word2,score\na,b,1\nc,d,2\n")
    with pytest.raises(InputError, match=r"pairs\.csv is not a table of the Semantic Priming Project"):
        read_spp(path)
    path.write_text(HEADER + ROWS[0].replace("first", "third"))
    with pytest.raises(InputError, match="line 2: the association reads 'third', expected first or other"):
        read_spp(path)


@pytest.mark.skipif(not SPP.is_file(), reason="the priming data are not at hand")
def test_the_whole_table():
    targets = read_spp(SPP)
    assert len(targets) == 1_655
    chosen = sample_targets(targets, seed=1)
    assert len(chosen) == 100
    assert chosen == sample_targets(targets, seed=1) != sample_targets(targets, seed=2)
    words = {"abandon", "disown", "maroon", "provision", "ability"}
    assert [target.target for target in sample_targets(targets, words)] == ["abandon"]
    assert {0.0, 1.0, 2.0} == set(load_judgments(SPP).scores)


def planted(count=60, seed=0):
    rng = np.random.default_rng(seed)
    targets = tuple(SppTarget(f"t{k}", f"s{k}", f"w{k}", f"u{k}") for k in range(count))
    keys = [word for t in targets for word in (t.target, t.strong, t.weak, t.unrelated)]
    values = np.zeros((len(keys), len(keys)))
    for k in range(count):
        for step, level in ((1, 0.3), (2, 0.2), (3, 0.1)):
            values[4 * k, 4 * k + step] = values[4 * k + step, 4 * k] = level + 0.05 * rng.normal()
    return targets, SimilarityMatrix(tuple(keys), "jaccard", 0.5, values)


def test_bars_by_bin_recover_planted_levels():
    targets, matrix = planted()
    bars = overlap_by_bin(targets, matrix, resamples=2_000)
    assert [bar.bin for bar in bars] == list(BINS)
    for bar, level in zip(bars, (0.1, 0.2, 0.3)):
        assert bar.ci_low < bar.mean < bar.ci_high
        assert bar.mean == pytest.approx(level, abs=0.025)
        half = 1.96 * 0.05 / np.sqrt(60)
        assert bar.ci_high - bar.ci_low == pytest.approx(2 * half, rel=0.3)
    with pytest.raises(InputError, match="no concept 't0'"):
        overlap_by_bin(targets, SimilarityMatrix(("x",), "jaccard", 0.5, np.ones((1, 1))))
    assert len(spp_judgments(targets).pairs) == 180


@pytest.mark.parametrize("levels", [2, 3, 5])
def test_sliding_differences_compare_each_level_with_the_one_before(levels):
    means = np.random.default_rng(levels).random(levels)
    design = np.hstack([np.ones((levels, 1)), sliding_differences(levels)])
    found = np.linalg.solve(design, means)
    assert found[0] == pytest.approx(means.mean())
    assert found[1:] == pytest.approx(np.diff(means))


def observations(by_model, by_level, targets=30, seed=0):
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(targets):
        own = 0.03 * rng.normal()
        for level, gain in zip(BINS, by_level):
            partner = 0.02 * rng.normal()
            for model, more in zip(("70m", "1b", "12b"), by_model):
                value = 0.1 + gain + more + own + partner + 0.01 * rng.normal()
                rows.append((value, model, level, f"t{k}", f"{level} {k}"))
    columns = [list(column) for column in zip(*rows)]
    return np.array(columns[0]), *columns[1:]


def test_the_mixed_model_recovers_planted_effects():
    found = fit_mixed_model(*observations((0, 0.02, 0.02), (0, 0.05, 0.12)), models=("70m", "1b", "12b"))
    planted = {"1b - 70m": 0.02, "12b - 1b": 0.0, "weak - unrelated": 0.05, "strong - weak": 0.07}
    effects = {effect.name: effect for effect in found.effects}
    assert list(effects) == ["intercept", *planted]
    for name, size in planted.items():
        assert abs(effects[name].estimate - size) < 3 * effects[name].standard_error
        assert (effects[name].p < 0.001) == (size > 0)
    assert (found.converged, found.observations, found.concepts) == (True, 270, 120)
    # Models are compared within a pair, levels across pairs: the partner's own spread must count there.
    assert effects["1b - 70m"].standard_error == pytest.approx(0.01 * np.sqrt(2 / 90), rel=0.2)
    across = np.sqrt(2 * (0.02**2 + 0.01**2 / 3) / 30)
    assert effects["strong - weak"].standard_error == pytest.approx(across, rel=0.3)


def test_the_mixed_model_of_one_model_and_its_refusals():
    overlap, model, level, first, second = observations((0, 0, 0), (0, 0, 0.1), targets=15)
    kept = [number for number, name in enumerate(model) if name == "1b"]
    columns = [[column[k] for k in kept] for column in (model, level, first, second)]
    found = fit_mixed_model(overlap[kept], *columns, models=("1b",))
    assert [effect.name for effect in found.effects] == ["intercept", "weak - unrelated", "strong - weak"]
    for values, models, words in (
        (overlap, ("1b",), "model '70m' of an overlap is none of 1b"),
        (overlap, ("70m", "1b", "6b", "12b"), "no overlap of model '6b'"),
        (overlap * 0, ("70m", "1b", "12b"), "all overlaps are equal"),
        (overlap * np.nan, ("70m", "1b", "12b"), "an overlap is NaN or infinite"),
        (overlap[1:], ("70m", "1b", "12b"), "needs a model, a level and two concepts"),
    ):
        with pytest.raises(InputError, match=words):
            fit_mixed_model(values, model, level, first, second, models=models)
