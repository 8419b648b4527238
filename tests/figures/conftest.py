import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from expertlens_core.experts import ThresholdCounts, threshold_counts
from expertlens_core.models.units import Units
from tests.made_up_map import pythia

NASTY = "<img src=x onerror=alert(1)>"
CONCEPTS = ("cat", "dog", "car", "bank (river)", "datum.x' + alert(1) + '", NASTY)


class Spec:
    """What a chart sends to the browser."""

    def __init__(self, chart: Any) -> None:
        self.chart = chart
        # Altair checks the specification against Vega-Lite's schema here.
        self.value: dict[str, Any] = chart.to_dict()

    @property
    def size(self) -> int:
        return len(json.dumps(self.value))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All records, in the order of the views that first use them."""
        return [row for rows in self.value.get("datasets", {}).values() for row in rows]

    def records(self, number: int = 0) -> list[dict[str, Any]]:
        """The records of one view, counted from the top."""
        views = self.value.get("vconcat") or self.value.get("layer") or [self.value]
        name = (views[number].get("data") or self.value["data"])["name"]
        return self.value["datasets"][name]

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Every object of the specification, without the data."""
        waiting: list[Any] = [{key: part for key, part in self.value.items() if key != "datasets"}]
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                yield node
                waiting += node.values()
            elif isinstance(node, list):
                waiting += node


@pytest.fixture
def read():
    return Spec


@pytest.fixture(scope="session")
def units() -> Units:
    """Three layers like a Pythia's; the first module sees only the token's embedding."""
    return pythia(3, 20)


@pytest.fixture(scope="session")
def counts(units) -> ThresholdCounts:
    ap = np.random.default_rng(0).beta(4, 7, (len(CONCEPTS), units.count))
    ap[2] *= 0.4  # no unit of "car" lies above 0.5
    return threshold_counts(ap, CONCEPTS, units)


@pytest.fixture(scope="session")
def domains() -> dict[str, str]:
    return {"cat": "animals", "dog": "animals", "car": "vehicles", NASTY: NASTY}
