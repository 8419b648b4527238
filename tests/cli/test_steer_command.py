"""``steer`` with rules, several concepts, listed units and tau."""

import json

import pytest


@pytest.fixture
def steer(run, tiny_folder, library_file, tmp_path):
    """Steer to a cat: exit code, standard error, and the file's content where there is one."""

    def command(*arguments):
        out = tmp_path / "x.json"
        out.unlink(missing_ok=True)
        code, _, told = run(
            "steer", "--model", tiny_folder, "--concepts", library_file, "--concept", "cat", "--out", out,
            "--tokens", 4, "--device", "cpu", "--positives", 16, "--negatives", 40, *arguments,
        )  # fmt: skip
        return code, told, json.loads(out.read_text()) if out.exists() else None

    return command


@pytest.mark.parametrize("rule", ["set-p90", "aura", "det0", "gaussian-act", "linear-act-off"])
def test_a_rule_writes_rows(steer, rule):
    code, told, content = steer("--rule", rule, "--experts", 20, "--strength", "0.5,1", "--control", "random")
    assert code == 0, told
    kinds = [(row["kind"], row["strength"]) for row in content["rows"]]
    assert kinds == [("original", 0)] + [(kind, s) for s in (0.5, 1) for kind in ("steered", "control")]
    assert content["experts"] == 20
    assert content["request"]["rule"] == rule


def test_further_concepts_bring_their_rule_and_strength(steer):
    chosen = ("--experts", 60, "--strength", 0.5, "--first-layer", 0)
    code, told, content = steer("--also", "dog:aura,river:set-off:0.8,lake", *chosen)
    assert code == 0, told
    also = [(each["concept"], each["rule"], each["strength"]) for each in content["request"]["also"]]
    assert also == [("dog", "aura", None), ("river", "set-off", 0.8), ("lake", "set", None)]
    assert content["at_odds"] > 0, "AurA takes all units of an AUROC above one half"
    assert f"{content['at_odds']} units are chosen by several concepts: they were left to the first" in told


def test_units_and_tau_choose(steer, run, tiny_folder):
    names = "layers.0.mlp.dense_4h_to_h:3,layers.1.attention.dense:0"
    code, told, content = steer("--units", names, "--control", "other-concept")
    assert code == 0, told
    assert content["experts"] == 2
    assert content["request"]["units"] == names.split(",")
    few, many = (steer("--tau", tau, "--first-layer", 0)[2]["experts"] for tau in (0.5, 0.35))
    assert 0 < few < many


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rule", "melt"), "rule is 'melt': expected one of set, set-p50"),
        (("--also", "dog:melt"), "rule is 'melt': expected one of set, set-p50"),
        (("--also", "dog:set:much"), "--also has 'dog:set:much': expected NAME, NAME:RULE or NAME:RULE:STRENGTH"),
        (("--also", "cat"), "a concept is steered twice among cat, cat"),
        (("--also", "cart"), "no concept 'cart'"),
        (("--units", "layers.9.mlp:3"), "the model has no unit 'layers.9.mlp:3'"),
        (("--tau", "0.999"), "no unit of 'cat' that may be chosen has an AP above 0.999: lower tau"),
        (("--sweep", "--rule", "aura"), "'aura' takes a concept away, and a sweep looks for the dose"),
        (("--sweep", "--also", "dog", "--tau", 0.5), "--sweep cannot be used with --also and --tau"),
        (("--sweep", "--sweep-experts", "many"), "--sweep-experts is 'many': expected whole numbers parted by commas"),
        (("--sweep", "--sweep-experts", "0"), "expert is 0: expected at least 1"),
        (("--sweep-experts", "10"), "--sweep-experts says what --sweep tries: give --sweep as well"),
        (("--first-layer", 2), "the first layer is 2: the model has 2 layers"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(steer, arguments, message):
    code, told, content = steer(*arguments)
    assert (code, content) == (2, None)
    assert message in told


def test_a_sweep_writes_points_controls_and_texts(steer):
    chosen = (
        "--sweep",
        "--strength",
        "0.3,1",
        "--sweep-experts",
        "10,20",
        "--sweep-texts",
        5,
        "--other",
        "river",
    )
    code, told, content = steer(*chosen)
    assert code == 0, told
    assert "4 doses written to" in told
    assert "sweet spot: " in told
    doses = [(each["dose"]["experts"], each["dose"]["strength"]) for each in content["points"]]
    assert doses == [(10, 0.3), (10, 1), (20, 0.3), (20, 1)]
    assert (content["sweet_spot"]["experts"], content["sweet_spot"]["strength"]) in doses
    point = content["points"][0]
    assert list(point) == ["dose", "steered", "other", "random 1", "random 2", "random 3", "texts"]
    assert set(point["steered"]) == {"texts", "presence", "perplexity", "distinct", "within"}
    assert {len(texts) for texts in point["texts"].values()} == {5}
    assert content["other_concept"] == "river"
    assert content["request"]["tokens"] == 4
    assert len(content["original"]["texts"]) == 5
    assert content["about"]["most perplexity"] == 2.2


def test_calibrate_tries_rules_and_tells_the_best(run, tiny_folder, library_file, tmp_path, monkeypatch):
    for name in ("FIRST", "SECOND"):
        monkeypatch.setattr(f"expertlens_core.steering.calibration.{name}", (range(1), 4))
    out, fixed = tmp_path / "doses.json", ("--positives", 16, "--negatives", 40, "--device", "cpu")
    asked = (
        "calibrate",
        "--model",
        tiny_folder,
        "--concepts",
        library_file,
        "--out",
        out,
        "--names",
        "cat",
        *fixed,
    )
    code, _, told = run(*asked, "--rules", "set,mean-act")
    assert code == 0, told
    result = json.loads(out.read_text())["concepts"]["cat"]
    assert result["dose"]["rule"] in ("set", "mean-act")
    assert {point["dose"]["rule"] for point in result["curve"]} == {result["dose"]["rule"]}
    code, _, told = run(*asked, "--rules", "det0")
    assert code == 2
    assert "the rule 'det0' takes a concept away" in told
