"""Writing a card's texts again in the model that is here, and whether each token is the card's."""

import streamlit as st

from expertlens_core.models.label import model_label
from expertlens_core.pipeline.cards.card import Card
from expertlens_core.pipeline.cards.html import text_columns
from expertlens_core.pipeline.cards.reproducing import Reproduced, ReproduceRequest
from expertlens_core.pipeline.cards.told import KINDS
from expertlens_core.pipeline.story.files import weights_digest
from pages.shared import view
from pages.shared.plain import plain
from pages.shared.services import services
from pages.shared.waiting import offer, stage_job, start_stage


def draw_again(name: str, card: Card) -> None:
    """The way to write it again, its progress, and what came of it."""
    st.subheader("Write it again here", anchor=False)
    model = plain(model_label(card.model))
    if weights_digest(card.request.find, services().artefacts) is None:
        st.caption(
            f"The weights of {model} are not on this computer, so that nothing can be written with them: load the "
            "model once on another page, or use the script where they are. The replay needs none."
        )
        return
    asked = ReproduceRequest(name)
    made: Reproduced | None = services().jobs.result(stage_job("card", asked))
    if made is None or made.card != card:
        told = f"{model} writes the texts once more with the card's own values, and every token is compared."
        offer(stage_job("card", asked), told, "Write it again", _start, asked, card, key="card again")
        return
    if made.first_difference is None:
        st.success(plain(made.verdict), icon=":material/verified:")
    else:
        st.warning(plain(made.verdict), icon=":material/difference:")
        shown = {text.kind: "".join(pieces) for text, pieces in zip(card.texts, made.pieces)}
        labels = {text.kind: f"{KINDS[text.kind]}, written here" for text in card.texts}
        st.html(text_columns(card, shown, True, labels, card.related))
    for difference in made.differences:
        st.caption(f"Not as it was: {plain(difference)}.")
    if not made.differences:
        st.caption("Weights, device, threads and versions are those of the card.")
    view.button("Once more", _start, asked, card, icon="replay", key="card again")


def _start(asked: ReproduceRequest, card: Card) -> None:
    start_stage("card", asked, f"the card {card.concept} in {model_label(card.model)}, again")
