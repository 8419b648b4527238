"""Ties: responses that differ only by floating-point noise are ranked as one.

A causal model gives the same value to every sentence that begins with the same word, and a unit that sees only
the token gives it to every sentence with the same strongest token. The shape of a batch, the padding, the number
of threads or the device then part these equal values by a few units in their last place, in an order that is
chance, and AP follows that order.

**Rule**, per unit, on the responses to its two sets together. Sorted upwards, two neighbours u <= v are *near*
when v - u <= TOLERANCE x max(|v|, m), where m is the larger absolute value of the lower and upper quartile of
the unit's negatives. A run of near neighbours that begins at a is cut into levels of
WIDTH x TOLERANCE x max(|a|, m), counted from a; the responses of one level are ranked as equal. Because a level
begins at a response, noise seldom parts one, as it parts values beside the edge of a fixed grid; because it has a
width, the responses of a unit that hardly varies do not all melt into one.

`group_ties` of `kernel.py` carries it out on a CPU, `_tied` of `device_statistics.py` on a GPU; this file holds its two
numbers. The rule is the same for every number format. Means, quantiles and deviations use the responses as they are.
"""

TOLERANCE = 2.0**-15
"""Three times the noise of 99.9 % of the units in float32 (docs/method.md)."""
WIDTH = 8.0
"""Of a level, in tolerances."""
