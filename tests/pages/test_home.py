"""Home on the default model: what it shows is what the recorded story holds."""

import html
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module", autouse=True)
def story(small_story, tmp_path_factory):
    """The default model's story, kept in a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.syspath_prepend(str(ROOT))
        from expertlens_core.pipeline import keep_story

        keep_story(small_story)
        yield small_story


def visit(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[name] = value
    return app.run()


def bodies(app: AppTest) -> str:
    return "".join(part.proto.body for part in app.get("html"))


def seen(app: AppTest) -> str:
    return re.sub(
        r"\s+", " ", html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", bodies(app), flags=re.S))
    )


def test_the_numbers_and_texts_are_those_of_the_story_file(story):
    app = visit()
    assert not app.exception
    assert not app.error
    for key in story.keys:
        told = story[key]
        app.button(key=f"example {key}").click().run()
        text = seen(app)
        assert f"{told.positives:,} sentences that share {key}" in text
        assert f"beside {told.negatives:,} sentences" in text
        luck = f"luck would make {'at most' if told.luck_is_bound else 'about'} {told.by_luck:.1f}."
        assert f"{told.experts:,}of {told.units:,} neurons are experts; {luck}" in text
        for kind in ("original", "steered"):
            assert " ".join((told.prompt + told.text_of(kind).text).split()[:20]) in text
        for layer in {share.layer for share in told.layers}:
            experts = sum(share.experts for share in told.layers if share.layer == layer)
            assert f"layer {layer}: {experts}" in bodies(app)


def test_a_concept_the_story_does_not_tell_of_leaves_the_example_as_it_is(story):
    app = visit(concept="dog")
    assert not app.exception
    assert f"share {story.keys[0]}" in seen(app) or "dog" in story.keys


def test_play_opens_the_story_of_the_concept_that_is_shown(story):
    app = visit()
    app.button(key=f"example {story.keys[1]}").click().run()
    app.button(key="play").click().run()
    assert not app.exception
    assert f"What do these sentences share? {story.keys[1].capitalize()}." in seen(app)


def test_without_a_recorded_story_home_says_so_and_play_tells_one_live(story, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path))
    app = visit()
    assert not app.exception
    assert not app.error
    assert any("No story is recorded on this computer yet" in part.value for part in app.caption)
    app.button(key="play").click().run()
    assert not app.exception
    assert "What do these sentences share? Cat." in seen(app)


def test_a_model_without_a_story_shows_the_default_models(story):
    app = visit(model="/nowhere/at/all")
    assert not app.exception
    assert f"{story[story.keys[0]].experts:,}of" in seen(app)


def test_what_is_ready_and_every_page_of_the_menu_are_there():
    from pages.shared.menu import GROUPS

    app = visit()
    markdown = " ".join(part.value for part in app.markdown)
    assert re.search(r"Neurons of \d+ of \d+ concepts are found", markdown)
    labels = [link.proto.label for link in app.get("page_link")]
    for pages in GROUPS.values():
        for name, title, _ in pages:
            assert any(title in label for label in labels) == (name not in ("home", "story"))


def test_markup_in_a_story_is_text(story):
    from expertlens_core.pipeline import keep_story

    told = story[story.keys[0]]
    evil = replace(
        told,
        concept=EVIL,
        domain=EVIL,
        best=replace(told.best, sentences=tuple(replace(s, text=EVIL) for s in told.best.sentences)),
        request=replace(told.request, concept=EVIL, prompt=EVIL),
        texts=tuple(
            replace(text, pieces=(EVIL, " <b>bold</b> ![x](http://x.invalid)")) for text in told.texts
        ),
        related=(EVIL, "bold"),
    )
    keep_story(replace(story, concepts=(evil,), note=f"![note](http://x.invalid) {EVIL}"))
    try:
        app = visit()
        assert not app.exception
        assert EVIL in seen(app), "the hostile story is the one that is shown"
        assert "<img" not in bodies(app)
        assert "<b>bold" not in bodies(app)
        assert all("![note]" not in (caption.help or "") for caption in app.caption)
        assert not any(re.search(r"(?<!\\)<img", button.label) for button in app.button)
    finally:
        keep_story(story)


def test_the_bars_have_the_colours_and_names_of_the_figures():
    from expertlens_core.figures.colours import KIND_NAMES, KINDS
    from pages.parts.story import html as story_html

    assert story_html.COLOURS == KINDS
    assert story_html.NAMES == KIND_NAMES


@pytest.mark.parametrize(("layers", "columns"), [(1, 1), (4, 4), (48, 48), (100, 34)])
def test_no_expert_is_lost_where_layers_share_a_column(layers, columns):
    from expertlens_core.pipeline.story import StoryPlace
    from pages.parts.story.html import layer_bars

    body = layer_bars([StoryPlace(layer, "mlp", layer + 1, 500) for layer in range(layers)])
    counts = [int(count) for count in re.findall(r"layer \d+: (\d+)", body)]
    assert len(counts) == columns
    assert sum(counts) == layers * (layers + 1) // 2


def test_home_draws_without_torch_or_chart_libraries():
    code = (
        "import sys; import pages.parts.home.examples, pages.parts.home.start;"
        "import pages.parts.story.chapter, pages.parts.story.style;"
        "from expertlens_core.defaults import DEFAULT_MODEL;"
        "from expertlens_core.pipeline import load_story; load_story(DEFAULT_MODEL);"
        "print([name for name in ('torch', 'transformers', 'pandas', 'altair', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
