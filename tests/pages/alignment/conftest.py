"""Human alignment with a library, its results and pairs of its own."""

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core import pipeline
from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Library, write_library
from expertlens_core.pipeline import FindRequest
from expertlens_core.run import Run
from pages.parts.alignment.choice import keep_file
from tests.few_sentences import with_few_sentences

from ..conftest import EVIL, idle

SIX = ("cat", "dog", "horse", "red", "blue", "green")
MORE = ("wolf", "yellow")
"""Concepts of the judged library whose experts are not found."""
PAIRS = (
    "word1,word2,score\ncat,dog,9\ncat,horse,7\ndog,horse,7.5\nred,blue,8\nred,green,8.5\nblue,green,8\ncat,red,1\n"
    f"dog,blue,0.5\nhorse,green,1\ncat,green,2\n{EVIL},cat,3\n[x](http://a.b),dog,2\n"
)


@pytest.fixture(scope="session")
def judged(tmp_path_factory):
    """A folder with a cache of six of eight concepts, which bring few sentences and negatives of their own."""
    folder = tmp_path_factory.mktemp("judged")
    concepts = with_few_sentences((*SIX, *MORE), 50, 15)
    write_library(Library("eight", tuple(concepts)), folder / "eight.json")
    found = pipeline.find(
        FindRequest(names=SIX, library=str(folder / "eight.json")), Run(Artefacts(folder / "cache"))
    )
    assert len(list(found)) == len(SIX)
    return folder


@pytest.fixture(scope="module")
def cache(judged):
    """That cache, where pages look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(judged / "cache"))
        patch.setenv("EXPERTLENS_LIBRARIES", str(judged / "libraries"))
        yield Artefacts(judged / "cache")


@pytest.fixture(scope="module")
def library(judged, cache):
    """Path of the library of eight."""
    return str(judged / "eight.json")


@pytest.fixture(scope="module")
def pairs(cache):
    return str(keep_file("my pairs.csv", PAIRS.encode()))


@pytest.fixture(scope="module")
def page(visit, library, pairs):
    """Open Human alignment on the tests' own pairs, and wait for the jobs that it asks for."""

    def finish(app: AppTest) -> AppTest:
        idle()
        app.run()
        assert not app.exception
        return app

    def open_page(**link: str) -> AppTest:
        return finish(visit("alignment", **{"library": library, "judgments": pairs, **link}))

    open_page.finish = finish
    return open_page
