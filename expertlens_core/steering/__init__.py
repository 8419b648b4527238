"""What the experts do: interventions, generation side by side, and how fluent the result is.

What loads torch is imported from its own module: `generation`, `perplexity`, `calibration`.
"""

from .dose import Calibration, Dose, DosePoint, candidates, paper_dose, safe_dose, set_to_dose, set_to_mean
from .intervention import Intervention, UnitMaps, intervene, joined, random_control
from .row import Row, Settings
from .rules import RULES, Rule, maps_by

__all__ = [
    "RULES", "Calibration", "Dose", "DosePoint", "Intervention", "Row", "Rule", "Settings", "UnitMaps", "candidates",
    "intervene", "joined", "maps_by", "paper_dose", "random_control", "safe_dose", "set_to_dose", "set_to_mean",
]  # fmt: skip
