"""``microworld train|concepts|check``."""

from __future__ import annotations

import typer

microworld_commands = typer.Typer(
    help="The embedded model: train it again, list what it knows, measure what it is worth.",
    rich_markup_mode=None,
)
