"""A figure's files, its colours, and the words that go with it."""

import base64
import json
import re

import altair as alt
import pandas as pd
import pytest

from expertlens_core import figures
from expertlens_core.errors import InputError
from expertlens_core.figures.colours import CHANCE, CONCEPTS, EXPERTS, KINDS, MODULES, PREVALENCE, REST, TAU

TABLE = pd.DataFrame({"layer": [0, 1], "experts": [3, 5]})
CHART = alt.Chart(TABLE).mark_bar().encode(x="layer:O", y="experts:Q")
LIGHT, DARK = "#ffffff", "#12151c"
ABOUT = {
    "model": "/home/ada/models/pythia-70m", "revision": "step512", "library": "tiny",
    "library_digest": "ab" * 32, "pool": "tiny", "concepts": 6, "units": 224, "device": "cpu",
    "positives": 400, "negatives": 1000,
    "request": {"positives": 400, "negatives": 1000, "pooling": "max", "max_tokens": 128, "dtype": "float32",
                "seed": 0, "include_norms": False, "match": []},
    "versions": {"torch": "2.13.0", "numba": "0.68.1", "numpy": "2.4.6", "absent": ""},
}  # fmt: skip
ALIGNED = ABOUT | {
    "judgments": "men", "split": "test",
    "align": {"resamples": 10_000, "permutations": 9_999, "seed": 0, "baselines": ["tf-idf"]},
}  # fmt: skip


@pytest.fixture
def chart(counts):
    return figures.layer_chart(figures.distribution_table(counts.places(0.5).shares("cat")))


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [part / 255 for part in bytes.fromhex(colour[1:])]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", [LIGHT, DARK])
def test_every_mark_stands_out_from_the_page(paper):
    colours = [*KINDS.values(), *(c for parts in MODULES.values() for c in parts), *CONCEPTS]
    for colour in [*colours, EXPERTS, REST, TAU, PREVALENCE, CHANCE]:
        assert contrast(colour, paper) >= 3, colour


def test_every_text_can_be_read_on_the_paper(chart):
    svg = figures.picture(chart, "svg", title="Experts of cat", lines=("model m",)).decode()
    assert f'fill="{LIGHT}"' in svg
    texts = re.findall(r'<text [^>]*fill="(#\w+)"', svg)
    assert len(texts) > 10
    assert all(contrast(text, LIGHT) >= 7 for text in texts)


def test_pictures_carry_the_title_and_the_caption_and_leave_the_chart_as_it_was(chart):
    before = json.dumps(chart.to_dict())
    figure = figures.Figure(chart, TABLE, "Experts of cat", lines=("model m · library l",))
    assert "Experts of cat" in figure.svg().decode()
    assert "model m · library l" in figure.svg().decode()
    assert figure.png().startswith(b"\x89PNG\r\n\x1a\n")
    assert json.dumps(chart.to_dict()) == before


@pytest.mark.parametrize("title", ["", "Experts of cat"])
def test_a_long_caption_breaks_between_its_parts(chart, title):
    part = "one two three four five six"
    svg = figures.picture(chart, "svg", title=title, lines=(" · ".join([part] * 12),)).decode()
    drawn = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", svg)
    assert len(drawn) > 1
    assert [piece for line in drawn for piece in line.split(" · ")] == [part] * 12


def test_panels_are_as_wide_as_single_charts(counts, chart):
    panels = figures.concept_panels(figures.concept_table(counts.places(0.5), ["cat", "dog"]))
    widths = [
        float(figures.picture(each, "svg").decode().split('width="')[1].split('"')[0])
        for each in (chart, panels)
    ]
    assert widths[0] == pytest.approx(widths[1], abs=20)
    assert widths[0] > 640


@pytest.mark.parametrize("table", [TABLE, lambda: TABLE])
def test_numbers_are_a_csv_file(table):
    assert figures.Figure(CHART, table).csv() == b"layer,experts\n0,3\n1,5\n"


def test_a_table_is_not_made_before_it_is_asked_for():
    def refuse() -> pd.DataFrame:
        raise AssertionError

    assert figures.Figure(CHART, refuse).svg()


def test_a_notebook_shows_the_picture_and_tells_what_it_shows():
    figure = figures.Figure(CHART, TABLE, alt='Two bars, "5" the highest')
    shown = figure._repr_html_()
    assert 'alt="Two bars, &quot;5&quot; the highest"' in shown
    assert base64.b64decode(shown.partition("base64,")[2].rstrip('">')) == figure.svg()


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\ufffe"])
def test_a_character_that_no_drawing_takes_is_replaced(character, python):
    """Seen: one in a chart's text ended the whole process."""
    script = (
        "import altair as alt, pandas as pd\n"
        "from expertlens_core.figures import picture\n"
        f"name = 'a' + {character!r} + 'cat'\n"
        "chart = alt.Chart(pd.DataFrame({'n': [name], 'v': [1]})).mark_bar().encode(x='n:N', y='v:Q')\n"
        "drawn = picture(chart, 'svg', title=name, lines=['line ' + name]).decode()\n"
        "assert drawn.count('a\\ufffdcat') >= 3\n"
        "assert 'line a\\ufffdcat' in drawn\n"
    )
    done = python(script)
    assert done.returncode == 0, done.stderr[-500:]


def test_printable_replaces_what_xml_refuses_and_nothing_else():
    assert (
        figures.printable("a\x00\x01\x1f\ud800\ufffe\x85🦊é\n") == "a\ufffd\ufffd\ufffd\ufffd\ufffd\x85🦊é\n"
    )


def test_a_caption_tells_model_library_recipe_and_versions_in_three_lines():
    assert figures.caption(ABOUT, tau=0.5, note="without token-only modules") == (
        "model pythia-70m @ step512 · library tiny · 400 sentences with, 1,000 without · tau 0.50 · "
        "without token-only modules",
        "max pooling · float32 on cpu · at most 128 tokens · seed 0",
        "ExpertLens Explorer · torch 2.13.0 · numpy 2.4.6",
    )


def test_a_caption_leaves_out_what_is_unknown():
    assert figures.caption({"model": "m"}) == ("model m", "ExpertLens Explorer")
    assert figures.caption({"shipped": "2026-11-29"}) == (
        "ExpertLens Explorer · shipped, computed on 2026-11-29",
    )
    assert figures.caption({}, note="a note") == ("a note", "ExpertLens Explorer")


def test_the_methods_paragraph_says_what_was_done():
    text = figures.methods_paragraph(
        ALIGNED | {"warnings": {"cat": ("few.",)}}, tau=0.5, without_token_only=True
    )
    for part in (
        "6 concepts", "pythia-70m at step512", "224 output components", "at most 400 sentences",
        "maximum over its real tokens", "above 0.5", "token's embedding were left out",
        "judgments men [@bruni2014men], split test", "1 of the concepts carry warnings",
        "10,000 resamples", "permutation test (9,999", "tf-idf", "torch 2.13.0, numba 0.68.1, numpy 2.4.6.",
    ):  # fmt: skip
        assert part in text, part
    assert "absent" not in text
    assert "judgments" not in figures.methods_paragraph(ABOUT)
    assert "Mantel" in figures.methods_paragraph(ALIGNED | {"judgments": "taxonomy"})


@pytest.mark.parametrize(
    "about", [ABOUT, ALIGNED, ALIGNED | {"judgments": "simlex999"}, ALIGNED | {"judgments": "x"}]
)
def test_what_is_cited_is_in_the_references(about):
    cited = set(re.findall(r"@(\w+)[\];]", figures.methods_paragraph(about)))
    assert cited == set(re.findall(r"@\w+\{(\w+),", figures.bibtex(about)))
    assert figures.bibtex(about).count("{") == figures.bibtex(about).count("}")


def test_a_figure_is_saved_by_the_ending_of_its_name(tmp_path):
    figure = figures.Figure(CHART, TABLE, "Experts")
    for suffix, start in (("png", b"\x89PNG"), ("svg", b"<svg"), ("csv", b"layer,experts")):
        figure.save(tmp_path / f"a.{suffix}")
        assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)
    with pytest.raises(InputError, match=r"expected a name that ends in \.png, \.svg or \.csv"):
        figure.save(tmp_path / "a.pdf")
