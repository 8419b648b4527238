"""Probing: where a concept's sentences come from."""
