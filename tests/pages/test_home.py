"""Home on the default model: what it shows is what the recorded story holds."""

import re
from dataclasses import replace

import pytest

from expertlens_core.figures.colours import KIND_NAMES, KINDS
from expertlens_core.pipeline import keep_story
from expertlens_core.pipeline.cards import html as story_html
from expertlens_core.pipeline.story.recorded import StoryPlace
from pages.shared.menu import GROUPS


@pytest.fixture(scope="module", autouse=True)
def story(small_story, place):
    """The default model's story, kept where its page looks."""
    keep_story(small_story)
    return small_story


@pytest.fixture
def read(seen):
    """The text of the page's HTML, each space once."""
    return lambda app: " ".join(seen(app).split())


def test_the_numbers_and_texts_are_those_of_the_story_file(story, visit, markup, read):
    app = visit()
    assert not app.error
    for told in story.concepts:
        app.button(key=f"example {told.concept}").click().run()
        text = read(app)
        assert f"{told.positives:,} sentences that share {told.concept}" in text
        assert f"beside {told.negatives:,} sentences" in text
        luck = f"luck would make {'at most' if told.luck_is_bound else 'about'} {told.by_luck:.1f}."
        assert f"{told.experts:,}of {told.units:,} neurons are experts; {luck}" in text
        for kind in ("original", "steered"):
            assert " ".join((told.prompt + told.text_of(kind).text).split()[:20]) in text
        for layer in {place.layer for place in told.layers}:
            experts = sum(place.experts for place in told.layers if place.layer == layer)
            assert f"layer {layer}: {experts}" in markup(app)


@pytest.mark.parametrize("link", [{"concept": "dog"}, {"model": "/nowhere/at/all"}])
def test_a_concept_or_a_model_without_a_story_leaves_the_example_as_it_is(story, visit, read, link):
    text = read(visit(**link))
    assert f"share {story.keys[0]}" in text
    assert f"{story.concepts[0].experts:,}of" in text


def test_play_opens_the_story_of_the_concept_that_is_shown(story, visit, read):
    app = visit()
    app.button(key=f"example {story.keys[1]}").click().run()
    app.button(key="play").click().run()
    assert not app.exception
    assert f"What do these sentences share? {story.keys[1].capitalize()}." in read(app)


def test_without_a_recorded_story_home_says_so_and_play_tells_one_live(tmp_path, monkeypatch, visit, read):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path))
    app = visit()
    assert not app.error
    assert any("No story is recorded on this computer yet" in part.value for part in app.caption)
    app.button(key="play").click().run()
    assert not app.exception
    assert "What do these sentences share? Cat." in read(app)


def test_what_is_ready_and_every_page_of_the_menu_are_there(visit):
    app = visit()
    assert any(re.search(r"Neurons of \d+ of \d+ concepts are found", part.value) for part in app.markdown)
    labels = [link.proto.label for link in app.get("page_link")]
    for name, title, _ in (page for pages in GROUPS.values() for page in pages):
        assert any(title in label for label in labels) == (name not in ("home", "story"))


def test_markup_in_a_story_is_text(story, evil, visit, markup, read):
    chapter, text = evil
    keep_story(replace(story, concepts=(chapter,), note=f"![note](http://x.invalid) {text}"))
    try:
        app = visit()
        assert not app.exception
        assert text in read(app), "the hostile story is the one that is shown"
        assert "<img" not in markup(app)
        assert "<b>bold" not in markup(app)
        assert all("![note]" not in (caption.help or "") for caption in app.caption)
        assert not any(re.search(r"(?<!\\)<img", button.label) for button in app.button)
    finally:
        keep_story(story)


def test_the_bars_have_the_colours_and_names_of_the_figures():
    assert story_html.COLOURS == KINDS
    assert story_html.NAMES == KIND_NAMES


@pytest.mark.parametrize(("layers", "columns"), [(1, 1), (4, 4), (48, 48), (100, 34)])
def test_no_expert_is_lost_where_layers_share_a_column(layers, columns):
    body = story_html.layer_bars([StoryPlace(layer, "mlp", layer + 1, 500) for layer in range(layers)])
    counts = [int(count) for count in re.findall(r"layer \d+: (\d+)", body)]
    assert len(counts) == columns
    assert sum(counts) == layers * (layers + 1) // 2


def test_home_draws_without_torch_or_chart_libraries(python):
    code = (
        "import sys; import pages.home;"
        "print([name for name in ('torch', 'transformers', 'pandas', 'altair', 'numba') if name in sys.modules])"
    )
    done = python(code)
    assert done.stdout == "[]\n", done.stderr
