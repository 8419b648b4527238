"""Sweeps: many models, libraries and recipes through the same stages, in this process or on Ray."""
