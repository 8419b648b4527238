"""The report: one page with the paper's figures for a model."""
