"""Room between the nodes of a map: forces pull a close group into one spot, where no name can be read."""

from __future__ import annotations

import numpy as np

ROUNDS = 120


def spread(places: np.ndarray, *, room: float = 1.1, rounds: int = ROUNDS) -> np.ndarray:
    """Push nodes apart that stand too close, and fill the square again; neighbours stay neighbours.

    Two nodes closer than d = room / sqrt(nodes) each move half of what is missing, in rounds, until all have
    room. Nodes on one and the same spot leave it in directions given by their numbers.

    Args:
        places: `[nodes, 2]` in the square [-1, 1] x [-1, 1].
        room: 1.1 lets circles of diameter d cover about a quarter of the square.
        rounds: at most.

    Returns:
        `[nodes, 2]` float64 in the square, the same for the same places.
    """
    count = len(places)
    made = np.array(places, dtype=np.float64)
    if count < 2:
        return made
    least = room / np.sqrt(count)
    angles = 2.399963 * np.arange(count)  # the golden angle: no two directions are alike
    made += 1e-4 * least * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for _ in range(rounds):
        between = made[:, None, :] - made[None, :, :]
        distance = np.sqrt((between**2).sum(axis=2))
        np.fill_diagonal(distance, np.inf)
        missing = np.maximum(least - distance, 0.0)
        if missing.max() < 0.02 * least:
            break
        made += 0.5 * (between * (missing / np.maximum(distance, 1e-12))[:, :, None]).sum(axis=1)
    low, high = made.min(axis=0), made.max(axis=0)
    return 2.0 * (made - low) / np.maximum(high - low, 1e-12) - 1.0
