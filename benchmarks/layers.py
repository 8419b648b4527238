"""Where the experts of `everyday` sit in the built-in model, and the AP of those that concepts share.

    python benchmarks/layers.py [--page docs/meaning.md]

Reads the shipped results: no model is run, and it takes seconds. Prints the section and writes it into the page.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.meaning import table
from benchmarks.meaning_page import PAGE, wrapped, write_section

TITLE = "## Layers in the mean over concepts, and shared experts"
BANDS = ((0, 0), (1, 10), (11, 20), (21, 29))


def main() -> None:
    """Ask the stages, print the section, and write it."""
    from expertlens_core.pipeline import LayersRequest, SharedApRequest, layers, library_shared_ap
    from expertlens_core.run import Run

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page", type=Path, default=PAGE)
    page = parser.parse_args().page
    found = layers(LayersRequest(), Run())
    outside = layers(LayersRequest(without_token_only=True), Run())
    shared = library_shared_ap(SharedApRequest(), Run())
    section = wrapped(
        f"{TITLE}\n\nMeans over the {len(found.groups[0].concepts)} concepts of `everyday` ({found.layers} layers; "
        f"intervals are 95 % bootstrap intervals over concepts). `python benchmarks/layers.py` writes this part "
        f"from the shipped results.\n\n{totals(found)}\n\n{kinds_told(found)}\n\n{depth_rows(found, outside)}\n\n"
        f"{found.shift_sentence} Without token-only modules: {outside.shift_sentence}\n\n{bands(found)}\n\n"
        f"{bands_told(found)}\n\n"
        f"Broader concepts against specific ones, by the mean layer of their experts:\n\n{groups(found)}\n\n"
        f"{groups_told(found)}\n\nAP of the experts that two concepts share and of those that they do not, over all "
        f"pairs and over the pairs of one domain:\n\n{shared_rows(shared)}\n\n{shared_told(shared)}"
    )
    print(section)
    write_section(page, section)


def interval(mean: float, low: float, high: float, digits: int = 1, sign: str = "") -> str:
    """A mean and its interval."""
    if math.isnan(mean):
        return "–"
    return f"{mean:{sign}.{digits}f} ({low:{sign}.{digits}f} to {high:{sign}.{digits}f})"


def totals(found: Any) -> str:
    """Experts of a mean concept in attention and MLP, raw and per unit."""
    profile, rows = found.profile("total"), []
    for t, tau in enumerate(found.taus):
        cells, shares = [], []
        for p, place in enumerate(profile.places):
            values = [float(getattr(profile, each)[t, 0, p]) for each in ("mean", "low", "high")]
            shares.append(values[0] / place.units)
            cells += [interval(*values), f"{shares[-1]:.4%}"]
        rows.append([f"{tau:g}", *cells, f"{shares[1] / shares[0]:.2f}" if shares[0] else "–"])
    names = [
        f"{'MLP' if place.kind == 'mlp' else place.kind} ({place.units:,} units)" for place in profile.places
    ]
    head = (
        "tau",
        *(cell for name in names for cell in (f"experts in {name}", "of its units")),
        "MLP : attention",
    )
    return table(head, rows)


def kinds_told(found: Any) -> str:
    """Whether MLP has more experts per unit than attention at every tau, as the paper finds."""
    profile = found.profile("total")
    shares = profile.mean[:, 0] / profile.units
    more = [f"{tau:g}" for tau, (attention, mlp) in zip(found.taus, shares.tolist()) if mlp > attention]
    verdict = (
        "at every tau"
        if len(more) == len(found.taus)
        else f"at tau {', '.join(more)} only"
        if more
        else "at no tau"
    )
    return (
        f"Per unit MLP parts hold more experts than attention parts {verdict} (the paper: more in the MLP)."
    )


def depth_rows(found: Any, outside: Any) -> str:
    """Mean layer by tau and kind, with and without token-only modules."""
    rows = []
    for tau in found.taus:
        cells = []
        for source in (found, outside):
            for kind in ("all", "attention", "mlp"):
                each = depth(source, tau, source.group_names[0], kind)
                cells.append(interval(each.layer, each.low, each.high))
        early = depth(found, tau, found.group_names[0], "all")
        rows.append([f"{tau:g}", *cells, f"{early.early:.0%}"])
    head = ("tau", "mean layer", "attention", "MLP", "without token-only", "attention", "MLP",
            "in the first third of the layers")  # fmt: skip
    return table(head, rows)


def depth(found: Any, tau: float, group: str, kind: str) -> Any:
    """One row of the depths."""
    return next(each for each in found.depths if (each.tau, each.group, each.kind) == (tau, group, kind))


def band_shares(found: Any, kind: str) -> list[list[float]]:
    """Per tau: share of the kind's experts in each of `BANDS`."""
    profile, made = found.profile("kind"), []
    for t in range(len(found.taus)):
        values = {p.layer: float(m) for p, m in zip(profile.places, profile.mean[t, 0]) if p.kind == kind}
        every = sum(values.values())
        made.append(
            [sum(v for layer, v in values.items() if low <= layer <= high) / every for low, high in BANDS]
        )
    return made


def bands(found: Any) -> str:
    """Share of a kind's experts in bands of layers, by tau."""
    names = [f"{low}" if low == high else f"{low} to {high}" for low, high in BANDS]
    head = ("tau", *(f"{kind}, layer {name}" for kind in ("attention", "MLP") for name in names))
    both = zip(found.taus, band_shares(found, "attention"), band_shares(found, "mlp"))
    return table(
        head, ([f"{tau:g}", *(f"{share:.1%}" for share in (*one, *other))] for tau, one, other in both)
    )


def bands_told(found: Any) -> str:
    """Where attention's experts sit, beside what the paper finds."""
    profile, peaks = found.profile("kind"), []
    for t in (0, len(found.taus) - 1):
        means = zip(profile.places, profile.mean[t, 0].tolist())
        values = sorted(
            ((mean, place.layer) for place, mean in means if place.kind == "attention"), reverse=True
        )
        peaks.append(", ".join(str(layer) for _, layer in values[:4]))
    return (
        f"The four attention layers with most experts are {peaks[0]} at tau {found.taus[0]:g} and {peaks[1]} at "
        f"{found.taus[-1]:g}. The paper finds attention roughly uniform at low tau, with peaks in the middle and early "
        "layers at high tau, and MLP experts moving from late to early layers."
    )


def groups(found: Any) -> str:
    """Mean layer of specific and of broader concepts by tau and kind."""
    rows = []
    for tau in found.taus:
        pairs = [(group, kind) for kind in ("all", "attention", "mlp") for group in found.group_names[1:3]]
        each = [depth(found, tau, group, kind) for group, kind in pairs]
        rows.append([f"{tau:g}", *(interval(one.layer, one.low, one.high) for one in each)])
    head = ("tau", *(f"{name}, {group.split()[0]}" for name in ("all", "attention", "MLP") for group in
                     found.group_names[1:3]))  # fmt: skip
    return table(head, rows)


def groups_told(found: Any) -> str:
    """Whether the intervals of broader and specific concepts part anywhere; and how many experts they have."""
    apart = []
    for tau in found.taus:
        for kind in ("all", "attention", "mlp"):
            specific, broader = (depth(found, tau, group, kind) for group in found.group_names[1:3])
            if specific.high < broader.low or broader.high < specific.low:
                apart.append(f"{kind} at {tau:g}")
    total = found.profile("total")
    sizes = [float(total.mean[0, group].sum()) for group in (1, 2)]
    verdict = f"part for {', '.join(apart)}" if apart else "overlap for every kind and tau"
    return (
        f"Their intervals {verdict} (the paper: no difference). At tau {found.taus[0]:g} a specific concept has "
        f"{sizes[0]:,.0f} experts in the mean and a broader one {sizes[1]:,.0f}."
    )


def shared_rows(shared: Any) -> str:
    """Means by tau and set of pairs."""
    rows = []
    for name, parts in (("all", shared.every), ("one domain", shared.related)):
        for each in parts:
            rows.append([
                f"{each.tau:g}", f"{name} ({each.pairs:,})", f"{each.shared_ap.sum():,}", f"{each.unshared_ap.sum():,}",
                interval(each.shared_mean, each.shared_low, each.shared_high, 3),
                interval(each.unshared_mean, each.unshared_low, each.unshared_high, 3),
                interval(each.difference, each.difference_low, each.difference_high, 3, "+"),
            ])  # fmt: skip
    head = ("tau", "pairs", "AP of shared, values", "of the others", "mean of the shared", "mean of the others",
            "difference")  # fmt: skip
    return table(head, rows)


def shared_told(shared: Any) -> str:
    """Where the difference is clear; beside what the paper finds."""
    clear = [
        f"tau {each.tau:g}, {name}"
        for name, parts in (("all pairs", shared.every), ("one domain", shared.related))
        for each in parts
        if each.difference_low > 0 or each.difference_high < 0
    ]
    verdict = f"does not include 0 for {'; '.join(clear)}" if clear else "includes 0 throughout"
    return f"The interval of the difference {verdict}. The paper sees no difference in its histograms (figure 7)."


if __name__ == "__main__":
    main()
