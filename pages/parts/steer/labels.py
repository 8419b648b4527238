"""What was done to a column of texts, in words that are true for every rule."""

from expertlens_core.pipeline import SteeredText, SteerRequest
from expertlens_core.steering.rules import RULES
from pages.parts.steer.run import Asked

DONE = {
    "set": "set",
    "set-p50": "set to their median",
    "set-p90": "set to their 90th percentile",
    "set-off": "set to their mean without it",
    "aura": "dampened by AurA",
    "damp": "halved by Damp",
    "det0": "switched off by Det0",
    "mean-act": "shifted by Mean-AcT",
    "gaussian-act": "moved by Gaussian-AcT",
    "linear-act": "moved by Linear-AcT",
    "mean-act-off": "shifted away by Mean-AcT",
    "gaussian-act-off": "moved away by Gaussian-AcT",
    "linear-act-off": "moved away by Linear-AcT",
}
"""Rule → what happened to its units."""


def title(text: SteeredText, rule: str = "set") -> str:
    """The column's name: nothing is called steered before its units were moved in a pass."""
    if text.kind == "original":
        return "Original"
    steered = text.kind == "steered"
    if not text.experts:
        return "To be steered" if steered else "Control, to come"
    if not (text.steered and text.strength):
        return "Not steered" if steered else "Control, not steered"
    if steered:
        return "Steered away" if RULES[rule].suppresses else "Steered"
    return "Control"


def label(text: SteeredText, made: Asked) -> str:
    """What was done to which units of a column, where, and how strongly."""
    if text.kind == "original":
        return "The model as it is: no unit is set."
    asked = made.request
    what, modules = _which(text, made), f"{text.modules:,} module{'' if text.modules == 1 else 's'}"
    several = text.kind == "steered" and bool(asked.also)
    rules = {asked.rule, *(each.rule for each in asked.also)} if several else {asked.rule}
    done = DONE[asked.rule] if len(rules) == 1 else "moved"
    if not text.steered:
        return f"{what}: not {done} in any pass."
    if not text.strength and not several:
        return f"{what} in {modules}, strength 0: nothing is moved, this is the original."
    if not several:
        how = "" if done == "set" else f", {done}"
        return f"{what} in {modules}{how}, strength {text.strength:g}."
    parts = [f"those of {asked.concept} {DONE[asked.rule]}, strength {text.strength:g}"]
    for each in asked.also:
        far = ", by its dose" if each.strength is None else f", strength {each.strength:g}"
        parts.append(f"those of {each.concept} {DONE[each.rule]}{far}")
    told = f"{what} in {modules}: {'; '.join(parts)}."
    if text.at_odds:
        units = "1 unit is" if text.at_odds == 1 else f"{text.at_odds:,} units are"
        both = "both: " if len(asked.also) == 1 else "several of them: "
        follow = asked.concept if len(asked.also) == 1 else "the first that wants them"
        told += f" {units} wanted by {both}{'it follows' if text.at_odds == 1 else 'they follow'} {follow}."
    return told


def _which(text: SteeredText, made: Asked) -> str:
    """Which units they are."""
    asked, count = made.request, f"{text.experts:,}"
    concept = asked.concept if text.kind == "steered" else made.other
    if not concept:
        units = "unit" if text.experts == 1 else "units"
        own = "" if asked.also else ", none of them these experts,"
        return f"{count} random {units}{own}"
    if text.kind == "steered" and asked.also:
        return f"{count} units"
    listed = text.kind == "steered"
    if listed and asked.units:
        return f"The {count} unit{'' if text.experts == 1 else 's'} of the list"
    where = _layers(text, asked)
    if listed and asked.tau is not None:
        return f"The {count} experts of {concept} with an AP above {asked.tau:g}{where}"
    if RULES[asked.rule].ranks_by == "auroc":
        if asked.experts is None:
            return f"The {count} units with an AUROC above 0.5 for {concept}{where}"
        return f"The {count} units of highest AUROC for {concept}{where}"
    return f"The {count} best experts of {concept}{where}"


def _layers(text: SteeredText, asked: SteerRequest) -> str:
    """From which layers and kinds they were chosen, with a comma where the sentence goes on."""
    where = ""
    if asked.last_layer is not None:
        where = f" from layer {text.first_layer} to {asked.last_layer}"
    elif text.first_layer:
        where = f" from layer {text.first_layer} on"
    kinds = f", {asked.kind} only," if asked.kind else ""
    return where + kinds + ("" if text.queries_keys else f"{'' if kinds else ','} without queries and keys,")
