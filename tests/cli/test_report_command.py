"""``report``: one page from what is there, or with what is missing computed first."""

import pytest


@pytest.fixture
def write(run, tiny_folder, library_file, tmp_path):
    """Run report on the tiny model and library, whose own domains are the judgments."""

    def report_command(*arguments, out=tmp_path / "report.html"):
        fixed = ("--positives", 16, "--negatives", 40, "--device", "cpu", "--judgments", "taxonomy")
        return run(
            "report", "--model", tiny_folder, "--concepts", library_file, "--out", out, *fixed, *arguments
        )

    return report_command


def test_it_takes_what_is_there_and_names_what_is_not(write, find, tmp_path):
    code, out, err = write()
    assert (code, out) == (0, "")
    assert "not in the report: layers (there are no results for" in err
    assert "0 of 9 sections" in err
    find()
    code, out, err = write("--tau", 0.4)
    assert (code, out) == (0, "")
    assert "not in the report: causality (" in err
    assert "not in the report: cost (the speed of this model has not been measured" in err
    assert "5 of 9 sections, " in err
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert (
        "--positives 16 --negatives 40 --device cpu --tau 0.4 --judgments taxonomy --out report.html" in page
    )


def test_it_computes_what_it_is_asked_to(write):
    code, _, err = write("--compute", "experts,alignment,cost")
    assert code == 0
    assert "6 of 9 sections, " in err


@pytest.mark.parametrize(("arguments", "told"), [
    (("--out", "report.pdf"), "--out names report.pdf: expected a name that ends in .html"),
    (("--compute", "all"), "compute is 'all': expected one of experts, alignment, checkpoints, stability"),
    (("--names", "cow"), "has no concept 'cow'"),
    (("--tau", "1.5"), "tau is 1.5: expected a number from 0 to below 1, such as 0.5"),
])  # fmt: skip
def test_bad_input_is_one_sentence(write, arguments, told):
    code, out, err = write(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
