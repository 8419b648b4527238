"""Results that were kept earlier: their names."""

from expertlens_core.concepts import Concept, NegativePool
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.pipeline import FindRequest, ModelRecord
from expertlens_core.pipeline.finding.model_record import record_name
from expertlens_core.pipeline.finding.plan import expertise_key


def test_results_that_were_kept_earlier_keep_their_names():
    """Digests as they were before the stages took runs: a change of any makes hours of results unused."""
    units = Units((UnitModule("layers.0.mlp.up", 0, "mlp", 4),))
    record = ModelRecord("m", "r", "sha256:0", "cpu", "float32", "sdpa", True, "", units)
    request = FindRequest(
        model="m", library="l", names=("cat",), positives=3, negatives=4, seed=5, match=("kind",)
    )
    cat = Concept("cat", tuple(f"The cat {i}." for i in range(6)), domain="animals")
    dog = Concept("dog", ("A dog.", "Two dogs."), ("No.", "None."))
    pool = NegativePool("p", ("It rained.", "It snowed."), ("", ""), ("fact", "story"))
    assert expertise_key(request, record, cat, pool).digest[:16] == "b5452a48bead1c56"
    assert expertise_key(request, record, dog, None).digest[:16] == "bae149138915195b"
    assert record_name(request)[:22] == "model/95575ed4be6e5ca1"
