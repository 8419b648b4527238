"""What the experts do: interventions, generation side by side, and how fluent the result is.

What loads torch is imported from its own module: `generation`, `perplexity`, `calibration`.
"""

from .dose import Calibration, Dose, DosePoint, candidates, paper_dose, safe_dose, set_to_dose
from .intervention import Intervention, Row, Settings, random_control, set_to_mean

__all__ = [
    "Calibration", "Dose", "DosePoint", "Intervention", "Row", "Settings", "candidates", "paper_dose",
    "random_control", "safe_dose", "set_to_dose", "set_to_mean",
]  # fmt: skip
