"""The distribution over layers as a table, for a chart or a file."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..experts.distribution import Share


def distribution_table(places: Sequence[Share]) -> pd.DataFrame:
    """Columns ``layer, kind, module, experts, units, share``; share is experts / units there."""
    return pd.DataFrame(
        {
            "layer": [place.layer for place in places],
            "kind": [place.kind for place in places],
            "module": [place.module for place in places],
            "experts": [place.experts for place in places],
            "units": [place.units for place in places],
            "share": [place.per_unit for place in places],
        }
    )
