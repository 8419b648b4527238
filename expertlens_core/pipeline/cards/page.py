"""A card as one HTML page that needs nothing else: no network, no other file.

Its script is the same for every card, and the page allows no other: what a card holds is text on it.
"""

import base64
import hashlib
import json
import re
from html import escape
from pathlib import Path

from .card import Card
from .html import PARTS, asked, continued, counted, layer_bars, marked_pieces
from .told import KINDS, STOPS, facts, headline, methods

PLACE = Path(__file__).parent
_BLANK = re.compile(r"@@([A-Z]+)@@")


def page_of(card: Card) -> str:
    """The page."""
    script = (PLACE / "page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    whole = json.dumps(card.to_json(), ensure_ascii=False, allow_nan=False)
    parts = {
        "HASH": f"sha256-{digest}",
        "TITLE": escape(headline(card)),
        "STYLE": PARTS,
        "NOTE": f'<p class="el-lead">{escape(card.note)}</p>' if card.note else "",
        "ASKED": asked(card.prompt, card.request.chat),
        "TEXTS": columns(card),
        "METHODS": "".join(f"<p>{escape(said)}</p>" for said in methods(card)),
        "LAYERS": layer_bars(card.places),
        "FACTS": "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(told)}</dd>" for name, told in facts(card).items()
        ),
        "SIZE": f"{len(whole) / 1000:,.0f} kB",
        "JSON": escape(whole, quote=False),
        "SCRIPT": script,
    }
    blank = (PLACE / "page.html").read_text(encoding="utf-8")
    return _BLANK.sub(lambda match: parts[match[1]], blank)


def columns(card: Card) -> str:
    """The texts side by side, token by token."""
    made = ""
    for text in card.texts:
        ended = f" ({STOPS[text.stop]})" if text.stop in STOPS else ""
        told = marked_pieces(text.pieces, card.concept, card.related)
        made += (
            f'<div><p class="el-kind">{KINDS[text.kind]}{ended}</p>'
            f'<p class="el-text">{continued(card.prompt, card.request.chat)}{told}</p>'
            f'<p class="el-count">{counted(text.text, card.concept, card.related)}</p></div>'
        )
    return made
