"""A series of checkpoints of the small world, computed once; and its expert sets, collected one by one."""

from dataclasses import replace

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Library
from expertlens_core.pipeline import FindRequest, find
from expertlens_core.pipeline.when.checkpoints import checkpoints
from expertlens_core.pipeline.when.request import CheckpointsRequest
from expertlens_core.run import Run
from tests.conftest import FIXTURES
from tests.few_sentences import with_few_sentences

WORLD = FIXTURES / "small_world"
NAMES = ("cat", "dog", "horse", "red", "blue", "corn", "carrot", "animal", "colour", "vegetable")
STEPS = (0, 64, 512, 2800)
TAUS = (0.5, 0.6, 0.8)
JUDGMENTS = (
    "cat\tdog\t9\ncat\thorse\t8\nred\tblue\t7\ncorn\tcarrot\t6\ncat\tred\t1\ndog\tcorn\t2\nhorse\tblue\t0.5\n"
)


@pytest.fixture(scope="session")
def library():
    return Library("ten", tuple(with_few_sentences(NAMES, 20, 4)))


@pytest.fixture(scope="session")
def run(tmp_path_factory, library):
    return Run(Artefacts(tmp_path_factory.mktemp("series") / "cache", 10**9), library=library)


@pytest.fixture(scope="session")
def asked(tmp_path_factory):
    path = tmp_path_factory.mktemp("judged") / "mine.tsv"
    path.write_text("word1\tword2\tscore\n" + JUDGMENTS)
    return CheckpointsRequest(
        find=FindRequest(model=str(WORLD / "step-2800"), library="ten", positives=20),
        checkpoints=(str(WORLD / "step-2800"), "step-512", "random:0", str(WORLD)),
        taus=TAUS, judgments=str(path), baselines=("tf-idf",), draws=20, resamples=50, permutations=50,
    )  # fmt: skip


@pytest.fixture(scope="session")
def made(asked, run):
    return checkpoints(asked, run)


@pytest.fixture(scope="session")
def expertise(asked, run):
    """Name of a checkpoint → concept → its result, found one by one."""
    places = {f"small_world/step-{step}": (str(WORLD / f"step-{step}"), None) for step in STEPS}
    places["small_world/step-2800@random:0"] = (str(WORLD / "step-2800"), "random:0")
    return {
        name: {
            each.concept.key: each.expertise
            for each in find(replace(asked.find, model=model, revision=revision), run)
        }
        for name, (model, revision) in places.items()
    }


@pytest.fixture(scope="session")
def sets(expertise):
    """The expert sets of a checkpoint at tau: concept → names of units, collected one by one."""

    def collect(name, tau):
        return {
            concept: {each.units.label(unit) for unit, ap in enumerate(each.ap.tolist()) if ap > tau}
            for concept, each in expertise[name].items()
        }

    return collect
