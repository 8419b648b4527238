"""Bytes in words."""


def bytes_text(count: float) -> str:
    """``532 B``, ``9.4 MB``, ``1.2 GB``."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
