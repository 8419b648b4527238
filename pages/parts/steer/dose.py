"""The dose on the Steer page: which one is in force, how it was found, and the job that finds it."""

from functools import partial

import streamlit as st

from expertlens_core.figures import Figure, dose_chart, dose_table
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import CalibrateRequest, Plan, best_rule, known_calibration
from expertlens_core.pipeline.writing.calibrate import BRINGING_IN
from expertlens_core.steering.dose import paper_dose
from expertlens_core.steering.rules import RULES, RuleName
from pages.parts.steer.asked import DOSE
from pages.shared import view
from pages.shared.choices import steer as choices
from pages.shared.following import followed
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import show
from pages.shared.waiting import stage_job, start_stage


def draw_dose(chosen: Selection, plan: Plan) -> None:
    """Say which dose is in force and offer the others; the progress of a calibration that runs."""
    concept, digest = chosen.concept.key, chosen.library.digest
    rule = view.get(choices.RULE)
    if RULES[rule].suppresses:  # a dose is found by what brings a concept in
        st.caption("This rule takes the concept away: its dose is not calibrated.", help=words("dose"))
        return
    known = known_calibration(plan, concept, services().run(), rule)
    own = any(view.get(field) != field.default for field in DOSE if field is not choices.STRENGTH)
    asked = CalibrateRequest(chosen.request(), concept, rule)
    title = f"dose of {concept} in {model_label(chosen.model)}" + (f", {rule}" if rule != "set" else "")
    name = stage_job("calibrate", asked, digest)
    job = services().jobs.get(name)
    with st.container(horizontal=True, vertical_alignment="center"):
        if own:
            st.caption("A dose of your own.")
            view.button("Back to the concept's dose", view.reset, *DOSE, key="dose default", type="tertiary")
        elif known is None:
            by = "" if rule == "set" else " by this rule"
            told = (
                f"{plain(concept)} has not been calibrated in this model{by}: a dose that most concepts bear."
            )
            st.caption(told, help=words("dose"))
        else:
            st.caption(f"Calibrated dose: {known.dose}.", help=words("dose"))
        if known is None and (job is None or not job.active):
            told = (
                "Writes with some forty doses on prompts of its own and takes the one that shows the concept most "
                "often while the texts stay fluent. A minute and a half with the built-in model on two cores."
            )
            start = partial(start_stage, "calibrate", asked, title, about=digest, quick=False)
            view.button("Calibrate", start, icon="tune", key="calibrate", help=told)
        best = None if own else best_rule(plan, concept, services().run())
        if best not in (None, rule):
            told = (
                f"Of the rules that were calibrated it shows {plain(concept)} most often within the bounds."
            )
            take = (view.put, choices.RULE, best)
            view.button(f"Take {RULES[best].title}", *take, icon="star", key="best rule", help=told)
        told = (
            "500 experts of all layers and kinds (in a small model 1 % of the units), strength 1, temperature 1. "
            "Small models break under it."
        )
        view.button("The paper's dose", _paper, plan, key="dose paper", type="tertiary", help=told)
    if not followed(name) and known is not None and not own:
        with st.expander("How this dose was found"):
            bounds = "" if known.met else " No dose kept the bounds; the mildest one was taken."
            note = (
                f"Each point is a dose. Unsteered texts show {plain(concept)} in {known.original_presence:.0%} of the "
                "cases. Taken is the dose left of the line (2.2 times the originals' perplexity) and with a distinct-2 "
                f"of at least 0.8 times theirs that shows the concept most often.{bounds}"
                + _other_rules(plan, concept, rule)
            )
            show(Figure(dose_chart(known), dose_table(known), f"The dose of {concept}", name=title), note)


def _other_rules(plan: Plan, concept: str, shown: RuleName) -> str:
    """What the calibrations by other rules came to, where there are any."""
    found = {rule: known_calibration(plan, concept, services().run(), rule) for rule in BRINGING_IN}
    told = [
        f"{RULES[rule].title} ({point.presence:.0%} at {point.perplexity:.1f} times the perplexity)"
        for rule, known in found.items()
        if rule != shown and known is not None
        for point in known.curve
        if point.dose == known.dose and point.perplexity is not None
    ]
    return f" By other rules: {'; '.join(told)}." if told else ""


def _paper(plan: Plan) -> None:
    """The paper's dose and way of drawing words (v4 appendix B)."""
    dose = None if plan.record is None else paper_dose(plan.record.units)
    view.reset(*DOSE)
    view.put(choices.EXPERTS, 500 if dose is None else dose.experts)
    view.put(choices.FIRST_LAYER, 0)
    view.put(choices.KINDS, "all")
    for field in (choices.STRENGTH, choices.TEMPERATURE, choices.TOP_P):
        view.put(field, 1.0)
