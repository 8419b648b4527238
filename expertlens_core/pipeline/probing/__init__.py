"""Probing: where concepts' sentences come from."""
