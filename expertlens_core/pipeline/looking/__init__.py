"""Looking: what a text calls up in the model, and what one unit responds to."""
