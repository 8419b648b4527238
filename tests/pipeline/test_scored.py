"""The scored library: the cached results side by side, mapped, and which units are compared."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.pipeline import counts, find, scored, unit_mask


def test_rows_are_the_concepts_ap_in_library_order(request_, store, run):
    cached = run.at_hand(complete=False)
    with pytest.raises(InputError, match="there are no results"):
        scored(request_, cached)
    with pytest.raises(InputError, match="no concept of this library has a result yet"):
        counts(request_, cached)
    results = {f.concept.key: f.expertise.ap for f in find(replace(request_, names=("dog", "cat")), run)}
    found = scored(request_, cached)
    assert found.concepts == ("cat", "dog")
    assert found.plan.missing == ("rose", "tulip", "river", "lake", "number")
    for name, ap in results.items():
        np.testing.assert_array_equal(found.of(name), ap)
    assert found.ap.base is not None, "a part of the file's map, not read whole"
    with pytest.raises(ValueError, match="read-only"):
        found.ap[0, 0] = 1
    assert next(entry.keep for entry in store.show()) == "derived"
    list(find(replace(request_, names=("rose",)), run))
    assert scored(request_, cached).ap.shape[0] == 3, "a new result makes a new matrix"


def test_a_mask_without_units_is_refused(request_, scored_run):
    units = scored(request_, scored_run).units
    told = r"no unit is left .*expected kind attention or mlp and a layer from 0 to 1"
    with pytest.raises(InputError, match=told):
        unit_mask(units, layer=7)
