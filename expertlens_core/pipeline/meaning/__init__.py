"""Meaning: which concepts share experts, and whether people agree."""
