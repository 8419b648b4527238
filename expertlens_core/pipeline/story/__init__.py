"""The story: one model's headline results and texts, recorded, so that they can be shown without the model."""
