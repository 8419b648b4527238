"""What we find: average precision, expertise, expert sets, and the controls beside them."""

from .average_precision import average_precision
from .distribution import Share, distribution
from .expert_set import DEFAULT_TAU, TAUS, ExpertSet, expert_set, top_experts
from .expertise import STATISTICS, Expertise
from .name_test import NameTest, name_test
from .null import ExpectedUnits, Null, simulate_null
from .prevalence import positive_weight, prevalence
from .score import score
from .split_half import SplitHalf, TopHalves, split_half

__all__ = [
    "DEFAULT_TAU",
    "STATISTICS",
    "TAUS",
    "ExpectedUnits",
    "ExpertSet",
    "Expertise",
    "NameTest",
    "Null",
    "Share",
    "SplitHalf",
    "TopHalves",
    "average_precision",
    "distribution",
    "expert_set",
    "name_test",
    "positive_weight",
    "prevalence",
    "score",
    "simulate_null",
    "split_half",
    "top_experts",
]
