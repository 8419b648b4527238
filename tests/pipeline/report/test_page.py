"""The page: whole, offline, escaped; every section tells where it comes from, or how to get it."""

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import altair as alt
import pandas as pd
import pytest

from expertlens_core.concepts import Library
from expertlens_core.errors import InputError
from expertlens_core.figures import Figure
from expertlens_core.pipeline import find
from expertlens_core.pipeline.report.page import Drawn
from expertlens_core.pipeline.report.report import CHAPTERS, report
from expertlens_core.pipeline.report.request import ReportRequest
from expertlens_core.run import Run

NASTY = "<img src=x onerror=alert(1)>"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


class Reader(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def references(page: str) -> set[str]:
    """Everything that a page refers to, other than parts of itself and data within it."""
    values = [
        value or ""
        for _, attrs in Reader(page).tags
        for name, value in attrs.items()
        if not name.startswith("xmlns")
    ]
    css = re.findall(r"url\(([^)]*)\)|@import([^;]*)", page)
    named = {value for value in values if re.match(r"\s*(https?:|//|file:|ftp:|javascript:)", value)}
    return named | {each for pair in css for each in pair if each and not each.startswith(("#", "data:"))}


def test_it_asks_for_nothing_and_runs_nothing(made):
    tags = Reader(made.page).tags
    assert references(made.page) == set()
    assert not {"script", "iframe", "object", "embed", "link", "form", "base"} & {tag for tag, _ in tags}
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}) in tags
    assert made.page.startswith("<!doctype html>")


def test_the_reader_of_references_sees_them():
    assert references('<img src="https://x.org/a.png"><style>@import "y.css"; a {b:url(z.png)}</style>') == {
        "https://x.org/a.png", ' "y.css"', "z.png",
    }  # fmt: skip


def test_every_chapter_has_its_place_and_no_name_is_used_twice(made):
    reader = Reader(made.page)
    ids = Counter(attrs["id"] for _, attrs in reader.tags if "id" in attrs)
    assert max(ids.values()) == 1
    assert {chapter.name for chapter in CHAPTERS} <= set(ids)
    links = {
        attrs["href"] for tag, attrs in reader.tags if tag == "a" and attrs.get("href", "").startswith("#")
    }
    assert {link[1:] for link in links} <= set(ids)
    used = set(re.findall(r"url\(#([^)]+)\)", made.page))
    assert used
    assert used <= set(ids)


def test_what_is_missing_says_how_to_get_it(made, nothing):
    assert made.missing == ("checkpoints", "stability", "causality", "cost")
    assert "has no related words, which the causal evidence counts" in made.page
    assert "python -m expertlens_core causality --model tiny --concepts tiny" in made.page
    assert nothing.missing == tuple(chapter.name for chapter in CHAPTERS)
    text = Reader(nothing.page).text
    assert text.count("This command computes it:") == len(CHAPTERS)
    for compute, count in (("experts", 4), ("alignment", 1), ("cost", 1)):
        assert text.count(f"--compute {compute} --out report.html") == count
    assert "--positives 12 --negatives 40 --device cpu" in text


def test_baselines_that_need_the_model_are_offered(made):
    assert "are not computed yet; this command adds them" in made.page
    assert "--compute alignment --out report.html" in made.page


def test_every_section_tells_what_it_was_made_from(made, cached_run):
    for section in made.sections:
        if section.missing or section.name == "model":
            continue
        told = " ".join(section.lines)
        for part in ("library tiny", "seed 0", "max pooling", "float32 on cpu", "numpy", "weights "):
            assert part in told, section.name
        assert ("tau 0.40" in told) == (section.name != "cost")
    assert "16 sentences with, 40 without" in made.page
    assert cached_run.library.digest in made.page


def test_unequal_shares_of_positive_sentences_are_told(made, asked, cached_run):
    everything = report(
        replace(asked, find=replace(asked.find, names=())), cached_run
    )  # one brings its own negatives
    for section in everything.sections:
        if section.name in ("layers", "domains", "map"):
            assert "unequal shares of positive sentences" in section.lines[0]
    assert "The concepts have unequal shares of sentences" in everything.page
    assert "unequal" not in made.page


def test_charts_carry_their_numbers(made):
    for section in made.sections:
        for block in section.blocks:
            if hasattr(block, "csv"):
                assert block.alt
                assert block.csv().count(b"\n") > 1
    names = [attrs["download"] for tag, attrs in Reader(made.page).tags if "download" in attrs]
    assert len(names) == len(set(names)) >= 6


def test_any_name_is_text(request_, library, model, store):
    renamed = {"cat": NASTY, "dog": "{{ 7 * 7 }}\x00", "rose": "a\x0b ]]> <!--"}
    concepts = (
        replace(each, name=renamed.get(each.name, each.name), domain=f"{each.domain} {NASTY}")
        for each in library
    )
    spoilt = Library(f"tiny {NASTY}", tuple(concepts))
    run = Run(store, library=spoilt, model=model)
    list(find(request_, run))
    page = report(ReportRequest(request_, judgments="taxonomy"), run).page
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    assert "<!--" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 6
    page.encode()


def test_it_computes_only_what_it_is_asked_to(asked, library, model, store, forbidden):
    empty = Run(store, library=library, models=SimpleNamespace(get=forbidden))
    assert report(asked, empty).missing == tuple(chapter.name for chapter in CHAPTERS)
    whole = report(
        replace(asked, compute=("experts", "alignment", "cost")), Run(store, library=library, model=model)
    )
    assert whole.missing == ("checkpoints", "stability", "causality")
    (agreed,) = (each for each in whole.sections if each.name == "alignment")
    assert "are not computed yet; this command adds them" not in whole.page
    assert any("word, input layer" in row for block in agreed.blocks for row in getattr(block, "rows", ()))


def test_bad_requests_are_refused_at_once(asked, cached_run):
    with pytest.raises(InputError, match="has no concept 'cow'"):
        report(replace(asked, find=replace(asked.find, names=("cow",))), cached_run)
    with pytest.raises(
        InputError,
        match="compute is 'everything': expected one of experts, alignment, checkpoints, stability, causality, ",
    ):
        replace(asked, compute=("everything",))


def test_the_request_stands_in_it_without_the_folders_of_this_computer(made, nothing, asked):
    told = json.dumps(asked.to_json() | {"judgments": "pairs.txt"}, indent=1)
    assert told.replace(asked.find.model, "tiny") in Reader(made.page).text
    for page in (made.page, nothing.page):
        assert asked.find.model not in page
        assert asked.judgments not in page


def test_what_a_chart_names_is_its_own(monkeypatch):
    svg = (
        '<svg class="marks" width="300" height="200"><linearGradient id="g0"/><rect fill="url(#g0)" width="10"/>'
        '<use href="#g0"/><text aria-label="a > b">id="g0" url(#g0)</text></svg>'
    )
    monkeypatch.setattr("expertlens_core.pipeline.report.page.picture", lambda chart, form: svg.encode())
    figure = Figure(alt.Chart(), pd.DataFrame(), alt="It shows something.")
    assert Drawn(figure, 7).svg == (
        '<svg style="width:300px" class="marks"><linearGradient id="f7-g0"/><rect fill="url(#f7-g0)" width="10"/>'
        '<use href="#f7-g0"/><text aria-label="a > b">id="g0" url(#g0)</text></svg>'
    )
