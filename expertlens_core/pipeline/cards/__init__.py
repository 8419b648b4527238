"""Steering cards: a steered text with all that it takes to write it again."""
