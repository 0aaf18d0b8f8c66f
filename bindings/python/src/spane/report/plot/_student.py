"""Student's t distribution."""

from __future__ import annotations

import math
from functools import cache


@cache
def student_t(freedom: int, confidence: float = 0.95) -> float:
    """The t between whose negative and itself this share of the distribution lies, for a whole
    number of degrees of freedom."""
    low, high = 0.0, math.pi / 2
    for _ in range(100):
        angle = (low + high) / 2
        if _inside(angle, freedom) < confidence:
            low = angle
        else:
            high = angle
    return math.tan(low) * math.sqrt(freedom)


def _inside(angle: float, freedom: int) -> float:
    """The probability of |t| < sqrt(freedom) tan(angle); Abramowitz and Stegun, 26.7.3 and 4."""
    cosine, odd = math.cos(angle), freedom % 2
    term, total = cosine if odd else 1.0, 0.0
    for place in range(1, freedom // 2 + 1):
        total += term
        term *= cosine**2 * (2 * place / (2 * place + 1) if odd else (2 * place - 1) / (2 * place))
    if odd:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total
