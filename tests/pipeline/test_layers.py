"""Layers of a library, from results that are there: counts by hand, unequal shares, two models, no torch."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.pipeline import LayersRequest, SharedApRequest, find, layers, library_shared_ap
from expertlens_core.pipeline.finding.layers import layers_of_models
from expertlens_core.run import NotKeptError

EQUAL = ("cat", "dog", "rose", "tulip", "river", "lake")


@pytest.fixture
def asked(request_):
    return LayersRequest(find=replace(request_, names=EQUAL), taus=(0.3, 0.5))


def test_averages_are_those_of_the_expertise_and_need_no_model(asked, scored_run, cached_run):
    found = layers(replace(asked, compare=("dog",)), cached_run)
    results = {each.concept.key: each.expertise for each in find(asked.find, scored_run)}
    profile, units = found.profile("module"), results["cat"].units
    assert found.group_names == ("all concepts", "dog"), "this library knows no broader concept"
    assert (found.ap, found.prevalence) == ("as it is", pytest.approx(16 / 56))
    for place, mean, dog in zip(profile.places, profile.mean[1, 0], profile.mean[1, 1], strict=True):
        (number,) = [i for i, module in enumerate(units.modules) if module.path == place.module]
        here = units.module_of == number
        experts = [np.count_nonzero(results[key].ap[here] > 0.5) for key in EQUAL]
        assert mean == pytest.approx(np.mean(experts))
        assert dog == experts[1]
        assert place.units == here.sum()
    again = layers(replace(asked, compare=("dog",)), cached_run.at_hand(compute=False))
    np.testing.assert_array_equal(again.profile("total").mean, found.profile("total").mean)
    with pytest.raises(NotKeptError):
        layers(replace(asked, taus=(0.4,)), cached_run.at_hand(compute=False))


def test_unequal_shares_of_positives_are_read_at_one_prevalence(request_, scored_run):
    """One concept of the library has negatives of its own, and more of them."""
    found = layers(LayersRequest(find=request_, taus=(0.3,)), scored_run)
    assert (found.ap, found.prevalence) == ("at prevalence 2/7", -1)
    results = list(find(request_, scored_run))
    comparable = np.mean([np.count_nonzero(each.expertise.comparable_ap > 0.3) for each in results])
    raw = np.mean([np.count_nonzero(each.expertise.ap > 0.3) for each in results])
    assert found.profile("total").mean.sum() == pytest.approx(comparable)
    assert comparable != raw
    with pytest.raises(InputError, match=r"unequal shares of positive sentences \(0\.21 to 0\.29\)"):
        library_shared_ap(SharedApRequest(find=request_), scored_run)


def test_two_recipes_with_unequal_shares_are_read_at_one_prevalence(asked, scored_run):
    other = replace(asked, find=replace(asked.find, negatives=20))
    same = layers_of_models([asked, asked], scored_run)
    assert [each.ap for each in same] == ["as it is"] * 2
    found = layers_of_models([asked, other], scored_run)
    assert [each.ap for each in found] == ["at prevalence 2/7"] * 2
    (cat, *_) = find(replace(other.find, names=("cat",)), scored_run)
    assert cat.expertise.prevalence == pytest.approx(16 / 36)


def test_shared_ap_takes_all_pairs_and_those_of_a_domain(asked, cached_run):
    found = library_shared_ap(SharedApRequest(find=asked.find, taus=(0.3,)), cached_run)
    assert [each.pairs for each in found.every] == [15]
    assert [each.pairs for each in found.related] == [3]
    whole = found.every[0].shared_ap.sum() + found.every[0].unshared_ap.sum()
    results = [each.expertise.ap for each in find(asked.find, cached_run)]
    assert whole == sum(5 * np.count_nonzero(ap > 0.3) for ap in results)


def test_a_concept_without_a_result_is_told(asked, cached_run):
    with pytest.raises(InputError, match="no concept 'unicorn' among the 6 with experts"):
        layers(replace(asked, compare=("unicorn",)), cached_run)
