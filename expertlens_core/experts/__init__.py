"""What we find: average precision, expertise, expert sets, and the controls beside them."""

from .chance import REFERENCE, ExpectedUnits, Null, positive_weight, prevalence, simulate_null
from .distribution import By, Place, PlaceCounts, Share, distribution
from .expert_set import DEFAULT_TAU, TAUS, ExpertSet, NameTest, expert_set, name_test, top_experts
from .expertise import STATISTICS, Expertise
from .score import average_precision, score
from .threshold_counts import ThresholdCounts, threshold_counts

__all__ = [
    "DEFAULT_TAU", "REFERENCE", "STATISTICS", "TAUS", "By", "ExpectedUnits", "ExpertSet", "Expertise",
    "NameTest", "Null", "Place", "PlaceCounts", "Share", "ThresholdCounts", "average_precision",
    "distribution", "expert_set", "name_test", "positive_weight", "prevalence", "score", "simulate_null",
    "threshold_counts", "top_experts",
]  # fmt: skip
