"""Text from links, files and models, shown as it stands."""

import re


def plain(text: str) -> str:
    """Escape what Markdown would read as markup: an image in a label could load a remote address."""
    return re.sub(r"([\\`*_\[\]<>$:!#~|])", r"\\\1", text)
