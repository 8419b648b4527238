"""Chat: two conversations side by side, each with its own past."""

import copy
from dataclasses import replace

import pytest

from expertlens_core.errors import InputError
from expertlens_core.pipeline import ChatRequest, SteerRequest, Turn, chat, steer
from expertlens_core.stages import answer

TEMPLATE = (
    "{% for message in messages %}{{ message['role'][0] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}a:{% endif %}"
)


@pytest.fixture(scope="module")
def run(scored_run, model):
    """A run whose model takes messages."""
    tokenizer = copy.deepcopy(model.tokenizer)
    tokenizer.chat_template = TEMPLATE
    return scored_run.at_hand(model=replace(model, tokenizer=tokenizer))


@pytest.fixture
def say(request_, run):
    def ask(message, *past, **options):
        asked = SteerRequest(**{
            "find": request_, "concept": "cat", "prompt": message, "chat": True, "tokens": 6, "experts": 40,
            "strengths": (1.0,), **options,
        })  # fmt: skip
        return list(chat(ChatRequest(asked, past), run))

    return ask


def test_the_first_turn_is_what_steer_writes_to_a_message(say, request_, run):
    asked = SteerRequest(
        find=request_, concept="cat", prompt="Hello", chat=True, tokens=6, experts=40, strengths=(1.0,)
    )
    *_, (original, steered) = steer(asked, run)
    steps = say("Hello")
    assert [each.text for each in steps[-1]] == [original.text, steered.text]
    assert [each.kind for each in steps[-1]] == ["original", "steered"]
    assert all(each.finished for each in steps[-1])
    assert len(steps) <= 6
    assert steps[-1][1].steered


def test_each_side_goes_on_with_its_own_past(say, request_, run):
    past = Turn("Hello", "I am plain.", "I am a cat.")
    both = say("And you?", past, seed=4)[-1]
    for side, told in enumerate((past.original, past.steered)):
        prompt = f"u: Hello\na: {told}\nu: And you?\na:"
        asked = SteerRequest(
            find=request_, concept="cat", prompt=prompt, tokens=6, experts=40, strengths=(1.0,), seed=5
        )
        assert list(steer(asked, run))[-1][side].text == both[side].text, (
            "its past, and the seed of the second turn"
        )
    assert say("And you?", replace(past, original="No."), seed=4)[-1][1].text == both[1].text


def test_the_oldest_turns_are_left_out_where_the_context_is_full(say, model):
    long = Turn("x" * 50, "y" * 40, "z" * 40)
    assert [each.forgotten for each in say("Hi", long)[-1]] == [0, 0]
    told = say("Hi", long, long, long)[-1]
    assert [each.forgotten for each in told] == [1, 1], "256 tokens hold two of them and the answer"
    assert told[0].text == say("Hi", long, long, seed=1)[-1][0].text
    with pytest.raises(InputError, match="shorten the prompt"):
        say("x" * 300, long)


def test_a_chat_that_is_stopped_ends_with_what_there_is(request_, run):
    asked = ChatRequest(SteerRequest(find=request_, concept="cat", prompt="Hello", chat=True, tokens=50))
    seen = []
    for answers in chat(asked, run.at_hand(cancelled=lambda: len(seen) >= 3)):
        seen.append(answers)
    assert 3 <= len(seen) < 6
    assert not seen[-1][0].finished


def test_a_model_without_a_template_and_an_unknown_concept_are_explained(request_, run, model):
    asked = ChatRequest(SteerRequest(find=request_, concept="cat", chat=True))
    with pytest.raises(InputError, match="has no chat template"):
        list(chat(asked, run.at_hand(model=model)))
    with pytest.raises(InputError, match="no concept 'cart'"):
        chat(ChatRequest(SteerRequest(find=request_, concept="cart")), run)
    assert ChatRequest.from_json(asked.to_json()) == asked
    assert len(answer("chat", replace(asked, steer=replace(asked.steer, tokens=3)).to_json(), run)) <= 3
