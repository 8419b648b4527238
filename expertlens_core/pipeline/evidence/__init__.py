"""Evidence that experts are causes: texts of the steered and control models, and what they show."""
