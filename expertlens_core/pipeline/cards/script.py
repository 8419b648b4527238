"""A card as a Python script that writes its texts again with torch and transformers alone."""

import base64
import json
import textwrap
import zlib
from pathlib import Path

from ...models.sources import DIGESTED
from .card import Card

TEMPLATE = Path(__file__).with_name("script.py.txt")


def script_of(card: Card) -> str:
    """The script, with the whole card inside as compressed base64: no text of the card becomes code."""
    value = card.to_json() | {"rows": card.rows, "digested": list(DIGESTED)}
    packed = base64.b64encode(zlib.compress(json.dumps(value, allow_nan=False).encode(), 9)).decode()
    return TEMPLATE.read_text(encoding="utf-8").replace("@@CARD@@", "\n".join(textwrap.wrap(packed, 110)))
