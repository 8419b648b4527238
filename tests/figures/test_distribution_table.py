from __future__ import annotations

from expertlens_core.figures import concept_table, distribution_table, tau_table


def test_concepts_stand_below_each_other_in_the_order_of_choice(counts):
    places = counts.places(0.4, "module", without_token_only=True)
    table = concept_table(places, ["dog", "cat"])
    assert list(dict.fromkeys(table["concept"])) == ["dog", "cat"]
    assert set(table["tau"]) == {0.4}
    for concept in ("dog", "cat"):
        rows = table[table["concept"] == concept].drop(columns=["concept", "tau"]).reset_index(drop=True)
        assert rows.equals(distribution_table(places.shares(concept)))
        total = counts.experts(0.4, without_token_only=True)[counts.concepts.index(concept)]
        assert rows["experts"].sum() == total


def test_a_concept_at_every_tau(counts):
    table = tau_table(counts, "cat", (0.3, 0.5), without_token_only=True)
    totals = table.groupby("tau")["experts"].sum().to_dict()
    row = counts.concepts.index("cat")
    assert totals == {tau: counts.experts(tau, without_token_only=True)[row] for tau in (0.3, 0.5)}
    assert totals[0.3] > totals[0.5] > 0
