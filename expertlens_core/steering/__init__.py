"""What the experts do: interventions, generation side by side, and how fluent the result is.

What loads torch is imported from its own module: `generation`, `perplexity`, `calibration`.
"""

from .dose import Calibration, Dose, DosePoint, candidates, paper_dose, safe_dose, set_to_dose
from .intervention import Intervention, random_control, set_to_mean
from .request import Row, Settings

__all__ = [
    "Calibration", "Dose", "DosePoint", "Intervention", "Row", "Settings", "candidates", "paper_dose",
    "random_control", "safe_dose", "set_to_dose", "set_to_mean",
]  # fmt: skip
