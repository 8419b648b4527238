"""Sentences for a word, from an endpoint that answers by a script and from a model on this machine."""

import json

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import mentions, written_pool
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models.loading import load_model
from expertlens_core.pipeline.probing.generate import GenerateRequest, generate
from expertlens_core.pipeline.probing.writing_cost import writing_cost
from expertlens_core.run import Run
from expertlens_core.writers import collecting, endpoint
from tests.writers.scripted import Script, served

PLACES = (
    "barn",
    "roof",
    "cellar",
    "garden",
    "harbor",
    "kitchen",
    "lane",
    "market",
    "park",
    "quay",
    "station",
    "tower",
)
ENDS = (
    "slept all day",
    "waited for rain",
    "watched the birds",
    "chased a leaf",
    "drank cold milk",
    "hid from us",
)
SENTENCES = [f"In the {place} a cat {end}." for place in PLACES for end in ENDS]


class Telling(Script):
    """Ten other sentences each time, in a list with chatter and some lines that are no good."""

    def __init__(self):
        super().__init__("")

    def take(self, request, key):
        super().take(request, key)
        first = 10 * (len(self.asked) - 1)
        lines = [f"{i}. {SENTENCES[n % len(SENTENCES)]}" for i, n in enumerate(range(first, first + 10), 1)]
        return "Sure! Here are ten:\n" + "\n".join(["0. A dog barked at the moon.", "0. Cat.", *lines])


@pytest.fixture
def run(tmp_path):
    return Run(Artefacts(tmp_path / "cache", 10**9, lambda text: None))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(endpoint, "PAUSE", (0.01, 0.05))
    # sentences of one pattern are near-repeats by their nature, and no matter here
    monkeypatch.setattr("expertlens_core.writers.screening.NEAR", 1.1)


def asked(url, count=30, **fields):
    return GenerateRequest(
        **{
            "words": ("cat",),
            "count": count,
            "writer": url,
            "endpoint_model": "m",
            "concurrency": 2,
            **fields,
        }
    )


def test_enough_sentences_half_facts_half_stories_each_with_its_request(run):
    script = Telling()
    with served(script) as url:
        (made,) = generate(asked(url), run)
    concept = made.concept
    assert len(concept.positives) == len(set(concept.positives)) == 30
    assert concept.kinds.count("fact") == concept.kinds.count("story") == 15
    assert made.complete
    assert made.requests == len(script.asked)
    assert set(concept.origins) == {f"request {n + 1}" for n in range(made.requests)}
    assert made.reasons["no mention"]
    assert made.reasons["too short"]
    assert concept.source.startswith("written by m at 127.0.0.1")


def test_what_the_built_in_model_wrote_comes_with_negatives_that_it_wrote(run, monkeypatch):
    monkeypatch.setattr("expertlens_core.pipeline.probing.generate.is_built_in", lambda _: True)
    with served(Telling()) as url:
        (made,) = generate(asked(url), run)
    assert len(made.concept.negatives) == 75
    assert set(made.concept.negatives) <= set(written_pool().sentences)
    assert not any(mentions(sentence, "cat") for sentence in made.concept.negatives)


def test_a_writer_that_repeats_itself_is_left_after_a_while(run):
    script = Script("\n".join(f"{i}. {text}" for i, text in enumerate(SENTENCES[:4], 1)))
    with served(script) as url:
        (made,) = generate(asked(url), run)
    assert not made.complete
    assert made.concept.positives == tuple(SENTENCES[:4])
    assert set(made.reasons) == {"repeat"}
    assert len(script.asked) <= 2 + collecting.FRUITLESS


def test_a_writer_without_a_good_sentence_is_told_in_one(run):
    with served(Script("I'm sorry, I can't help with that.")) as url, pytest.raises(InputError) as error:
        list(generate(asked(url), run))
    assert "has written 0 usable sentences for 'cat': expected at least 2" in str(error.value)


def test_a_run_that_was_stopped_goes_on_without_asking_again(run):
    script, wanted = Telling(), None
    with served(script) as url:
        (wanted,) = generate(
            asked(url), run.at_hand(artefacts=Artefacts(run.artefacts.directory / "b", 10**9))
        )
        whole, script.asked = len(script.asked), []
        stopping = run.at_hand(cancelled=lambda: len(script.asked) >= 3)
        with pytest.raises(Cancelled):
            list(generate(asked(url), stopping))
        (made,) = generate(asked(url), run)
        assert len(script.asked) <= whole + 2
        (again,) = generate(asked(url), run)
        assert len(script.asked) <= whole + 2
    assert again == made
    assert len(made.concept.positives) == len(wanted.concept.positives)


def test_failures_between_good_answers_cost_nothing(run):
    good = "\n".join(f"{i}. {text}" for i, text in enumerate(SENTENCES[:10], 1))
    more = json.dumps(SENTENCES[10:20])
    script = Script(429, "cut", good, "garbage", 500, more)
    with served(script) as url:
        (made,) = generate(asked(url, 18, concurrency=1), run)
    assert len(made.concept.positives) == 18
    assert made.requests == 2


def test_progress_counts_the_sentences_of_all_words(run):
    seen = []
    script = Telling()
    with served(script) as url:
        wanted = asked(url, 10, words=("cat", "a cat"))
        list(generate(wanted, run.at_hand(progress=lambda *told: seen.append(told))))
    assert seen[0] == (0, 20, "sentences with cat")
    assert (10, 20, "sentences with a cat") in seen
    assert seen[-1][1] == 20


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"words": ()}, "there is no word to write sentences for: give at least one, such as 'volcano'"),
        ({"words": ("cat", "dog"), "sense": "pets"}, "one sense cannot be that of several words"),
        ({"endpoint_model": " "}, "the endpoint's model has no name: type the one that it serves"),
    ],
)
def test_a_wrong_request_is_refused(run, fields, said):
    with pytest.raises(InputError) as error:
        list(generate(asked("http://127.0.0.1:9/v1", **fields), run))
    assert said in str(error.value)


def test_a_model_without_a_chat_template_is_refused(run, tiny_folder):
    with pytest.raises(InputError, match="has no chat template and cannot be asked for sentences"):
        list(generate(GenerateRequest(words=("cat",), writer=str(tiny_folder)), run))


def test_a_local_model_writes_the_same_again_and_says_when_it_cannot(run, tiny_folder):
    model = load_model(str(tiny_folder))
    model.tokenizer.chat_template = "{% for turn in messages %}{{ turn['content'][:40] }}{% endfor %}"
    wanted = GenerateRequest(words=("cat",), count=4, writer=str(tiny_folder))
    with pytest.raises(InputError) as first:
        list(generate(wanted, run.at_hand(model=model)))
    assert "has written 0 usable sentences" in str(first.value)
    kept = [name for name in run.artefacts.documents.names() if name.startswith("reply/")]
    assert len(kept) == collecting.FRUITLESS


def test_the_cost_is_told_before(run):
    cost = writing_cost(asked("http://127.0.0.1:9/v1", 100, words=("cat", "dog")), run)
    assert (cost.requests, cost.seconds == cost.seconds) == (26, False)
    assert cost.tokens_out == 26 * 10 * 30
    with served(Telling()) as url:
        list(generate(asked(url), run))
        assert writing_cost(asked(url, 60), run).seconds > 0
