"""Shipped results of the tiny model, in a folder that a test may damage."""

import shutil

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.pipeline import ModelRecord, find
from expertlens_core.pipeline.finding import expertise_file
from expertlens_core.pipeline.finding.model_record import keep_record
from expertlens_core.pipeline.shipping import build_part
from expertlens_core.run import Run


@pytest.fixture(scope="module")
def computed(tmp_path_factory, filed, library, model):
    """A cache with all results, and the results."""
    store = Artefacts(tmp_path_factory.mktemp("computed") / "cache", 10**9)
    found = list(find(filed, Run(store, library=library, model=model)))
    keep_record(filed, ModelRecord.of(model), store, model.state)
    return store, found


@pytest.fixture(scope="module")
def whole(tmp_path_factory, filed, computed):
    """The shipped folder; few units keep all statistics."""
    folder = tmp_path_factory.mktemp("whole") / "shipped"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expertise_file, "BEST", 30)
        for part in ("expertise", "maps", "alignment"):
            build_part(part, folder, filed, Run(computed[0]), judgments="taxonomy")
    return folder


@pytest.fixture
def folder(tmp_path, whole):
    """A copy that a test may damage."""
    return shutil.copytree(whole, tmp_path / "shipped")


@pytest.fixture
def store(tmp_path, folder, notices):
    """An empty cache above it."""
    return Artefacts(tmp_path / "cache", 10**9, notices.append, folder)


def content(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
