"""Home: what this is, what is ready, and what next."""

from html import escape

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.models.built_in import is_built_in
from expertlens_core.models.label import model_label
from expertlens_core.pipeline.cards.html import asked, concept_name, continued, layer_bars, marked
from expertlens_core.pipeline.story.recorded import StoryConcept
from pages.parts.story.chapter import chosen_key, default_story, recorded_story
from pages.parts.story.style import style
from pages.shared import view
from pages.shared.loading import planned
from pages.shared.menu import GROUPS, QUESTIONS
from pages.shared.plain import plain, sentence
from pages.shared.selection import CONCEPT, choose_concept, selection
from pages.shared.services import services

WORDS = 30
"""Of a text are shown here; the story shows all of it."""


def examples(told: StoryConcept) -> tuple[str, ...]:
    """Three columns as HTML: a concept, its neurons, and what they do, as recorded."""

    def coloured(text: str) -> str:
        return marked(text, told.concept, told.related)

    def short(text: str) -> str:
        words = text.split(" ")
        return text if len(words) <= WORDS else " ".join(words[:WORDS]) + " …"

    name, prompt = escape(concept_name(told.concept)), (told.prompt, told.request.chat)
    said = "".join(f'<p class="el-said">{coloured(text)}</p>' for text in told.said[:3])
    luck = f"{'at most' if told.luck_is_bound else 'about'} {told.by_luck:,.1f}"
    neurons = (
        f'<div class="el-number">{told.experts:,}</div>'
        f'<p class="el-against">of {told.units:,} neurons are experts; luck would make {luck}.</p>'
    )
    kinds = {"original": "Original", "steered": "With these neurons switched on"}
    texts = "".join(
        f'<p class="el-kind">{label}</p><p class="el-text">{continued(*prompt)}'
        f"{coloured(short(told.text_of(kind).text))}</p>"
        for kind, label in kinds.items()
    )
    beside = f'<p class="el-note">beside {told.negatives:,} sentences without it.</p>'
    columns = (
        ("1 · A concept", f"{told.positives:,} sentences that share {name}", said + beside),
        ("2 · Its neurons", f"Some neurons tell {name} apart", neurons + layer_bars(told.layers)),
        ("3 · Switch them on", "Same model, same dice, another text", asked(*prompt) + texts),
    )
    return tuple(
        f'<p class="el-step">{step}</p><h2 class="el-head">{head}</h2>{body}' for step, head, body in columns
    )


def draw_facts() -> None:
    """The model in memory, the results in the cache, the jobs."""
    resident = services().models.resident()
    names = [f"{plain(model_label(model.name))} on {plain(device)}" for device, model in resident.items()]
    facts = [("hourglass_empty", "No model in memory: it is loaded when needed.")]
    if names:
        facts = [("memory", f"In memory: {', '.join(names)}.")]
    try:
        chosen = selection()
        plan = planned(chosen.request(), chosen.library)
    except InputError as problem:
        facts.append(("error", plain(sentence(str(problem)))))
    else:
        every, missing = len(plan.concepts), len(plan.missing)
        icon, rest = ("circle", "; others are when you open them.") if missing else ("check_circle", ".")
        facts.append((icon, f"Neurons of {every - missing:,} of {every:,} concepts are found{rest}"))
    active = sum(job.active for job in services().jobs.all())
    told = "1 job is under way." if active == 1 else f"{active} jobs are under way."
    facts.append(("pending", told) if active else ("task_alt", "Nothing is being computed."))
    for icon, text in facts:
        st.markdown(f":material/{icon}: {text}")


HERO = (
    '<h1 class="el-hero">Find the neurons that know a concept, and switch them on.</h1>'
    '<p class="el-lead">Give a language model sentences with and without a concept. Some of its neurons tell the two '
    "apart: its experts. Held at the level they have on the concept, they turn what the model writes.</p>"
)

SMALL = (
    "SmolLM2-135M-Instruct is a real language model, but a small one: it writes English and answers questions; "
    "its facts are often wrong, and its prose wanders."
)

story = recorded_story() or default_story()
told = None if story is None else story[chosen_key(story) or story.keys[0]]

st.html(style() + HERO)
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button("Play the story", type="primary", icon=":material/play_arrow:", key="play"):
        if told is not None:
            view.put(CONCEPT, told.concept)
        st.switch_page("story.py")
    for key in () if story is None else story.keys:
        kind = "secondary" if told is not None and key == told.concept else "tertiary"
        view.button(plain(key), choose_concept, key, key=f"example {key}", type=kind)
if story is not None and told is not None:
    for column, body in zip(st.columns(3, gap="medium"), examples(told)):
        column.html(body)
    revision = f" ({plain(story.revision)})" if story.revision else ""
    st.caption(
        f"Recorded with {plain(model_label(story.model))}{revision} on {plain(story.created[:10])}: "
        f"examples chosen as good ones. {SMALL if is_built_in(story.model) else ''}",
        help=plain(story.note) or None,
    )
else:
    st.caption("No story is recorded on this computer yet: it is told live, from what the model computes.")
ready, following = st.columns(2, gap="medium")
with ready:
    st.subheader("What is ready")
    waiting = not services().models.resident() or any(job.active for job in services().jobs.all())
    st.fragment(draw_facts, run_every=3 if waiting else None)()
with following:
    st.subheader("What next")
    for name, title, icon in (page for pages in GROUPS.values() for page in pages):
        if name not in ("home", "story"):
            label = f"**{title}** — {QUESTIONS.get(name, title)}"
            st.page_link(f"{name}.py", label=label, icon=f":material/{icon}:")
