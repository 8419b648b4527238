"""Figures that the paper publishes, for display beside one's own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedDomains:
    """One row of the paper's table 2 (tau 0.5), in percent."""

    model: str
    step: int
    """Training step of the checkpoint."""
    in_domain: float
    in_domain_baseline: float
    with_broader: float
    with_broader_baseline: float


TABLE_2 = tuple(
    PublishedDomains(f"pythia-{size}", step, *figures)
    for size, step, figures in (
        ("70m", 1, (0.05, 0.00, 0.00, 0.00)),
        ("70m", 36_000, (0.97, 0.01, 70.41, 0.33)),
        ("70m", 72_000, (1.19, 0.00, 59.69, 0.33)),
        ("70m", 143_000, (1.39, 0.01, 67.19, 0.92)),
        ("1b", 1, (0.02, 0.00, 0.24, 0.33)),
        ("1b", 36_000, (1.81, 0.01, 60.87, 2.67)),
        ("1b", 72_000, (1.84, 0.03, 63.43, 2.24)),
        ("1b", 143_000, (2.02, 0.01, 63.84, 2.85)),
        ("12b", 1, (0.12, 0.00, 0.01, 0.52)),
        ("12b", 36_000, (1.87, 0.01, 58.66, 5.11)),
        ("12b", 72_000, (2.12, 0.01, 57.85, 5.50)),
        ("12b", 143_000, (2.24, 0.01, 58.45, 5.81)),
    )
)
"""Shares of experts in domains, by model and checkpoint."""

MEN_TEST_RHO = {"pythia-70m": 0.70, "pythia-1b": 0.77, "pythia-12b": 0.79}
"""Spearman's rho of Jaccard (tau 0.5) with MEN's test split, step 143,000."""

HUMAN_RHO = 0.84
"""The mean of MEN's two raters against MEN; 0.68 between the two."""

SECONDS = {"pythia-70m": 8, "pythia-1b": 27, "pythia-12b": 136, "gpt2": 25}
"""Seconds per concept of 400 + 1,000 sentences on 8 A100 GPUs (appendix J)."""

CAUSAL_POINTS = {"unseen": 0.181, "all": 3.32}
"""Mean rise of related words in the texts of Pythia-1b, percentage points, by set of words (appendix B)."""
CAUSAL_RISING = {"unseen": 58, "all": 60}
"""Concepts of `CAUSAL_CONCEPTS` whose related words rise."""
CAUSAL_CONCEPTS = 60
"""As appendix B counts them; elsewhere the paper speaks of fifty."""

STABILITY = {"within": 0.8, "across": 0.0}
"""Jaccard at tau 0.5, about: of a concept's eight folds, and of random pairs of concepts (section 3, figure 1)."""
