"""What makes a renamed file outlive a power cut."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows cannot open folders and needs no such thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
