"""Slow references, written pair by pair from METHOD section 5."""

import numpy as np


def jaccard(a, b, tau):
    first, second = set(np.flatnonzero(a > tau)), set(np.flatnonzero(b > tau))
    return len(first & second) / len(first | second) if first | second else 0.0


def cosine(a, b, shift_a=0.0, shift_b=None):
    x, y = a - shift_a, b - (shift_a if shift_b is None else shift_b)
    scale = np.linalg.norm(x) * np.linalg.norm(y)
    return float(x @ y / scale) if scale else 0.0


def kl(a, b):
    if not a.any() or not b.any():
        return 0.0 if not a.any() and not b.any() else np.inf
    p, q = a / a.sum(), b / b.sum()
    return one_way(p, q) + one_way(q, p)


def one_way(p, q):
    total = 0.0
    for x, y in zip(p, q):
        if x > 0:
            total += x * np.log(x / y) if y > 0 else np.inf
    return total
