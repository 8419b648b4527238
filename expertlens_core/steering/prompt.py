"""Prompt: the text that a model continues, as tokens."""

from collections.abc import Sequence

from ..errors import InputError
from ..models.language_model import LanguageModel
from ..models.tokens import added_tokens


def as_chat(model: LanguageModel, message: str, past: Sequence[tuple[str, str]] = ()) -> str:
    """A message to the model in its chat template, up to where its answer begins; an InputError without one.

    `past` are the messages and answers before it, the oldest first.
    """
    if not getattr(model.tokenizer, "chat_template", None):
        raise InputError(
            f"{model.name} has no chat template: it was not trained to answer; give the prompt as text to continue"
        )
    turns = []
    for asked, answered in past:
        turns += [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    turns.append({"role": "user", "content": message})
    return str(model.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))


def encode_prompt(model: LanguageModel, prompt: str) -> list[int]:
    """Token ids of a prompt, with BOS where the tokenizer adds one; an empty prompt is BOS (or EOS) alone.

    An InputError for an encoder, for a prompt that leaves no room to continue, and where an empty prompt has no
    token to start from.
    """
    if not model.causal:
        raise InputError(
            f"{model.name} is an encoder and cannot continue a prompt: use it to find experts only"
        )
    ids = token_ids(model, prompt)
    if not ids:
        tokenizer = model.tokenizer
        start = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
        if start is None:
            raise InputError(
                f"the prompt is empty and {model.name} has no token to start from: write a prompt"
            )
        ids = [start]
    if len(ids) >= model.max_tokens:
        raise InputError(
            f"the prompt has {len(ids)} tokens and {model.name} takes {model.max_tokens} in all, prompt and "
            "continuation together: shorten the prompt"
        )
    return ids


def token_ids(model: LanguageModel, text: str) -> list[int]:
    """Token ids of a text, with what the tokenizer adds before it, and without what it adds after it."""
    start = model.tokenizer.bos_token
    written = bool(start and text.startswith(start))  # A chat template writes BOS itself.
    ids: list[int] = list(model.tokenizer(text, add_special_tokens=not written)["input_ids"])
    after = 0 if written else len(added_tokens(model.tokenizer)[1])
    if not after:
        after = int(len(ids) > 1 and ids[-1] == model.tokenizer.eos_token_id)
    return ids[: len(ids) - after]


def added_before(model: LanguageModel, prompt: Sequence[int]) -> int:
    """How many tokens at the start of an encoded prompt are BOS, or what else the tokenizer adds there."""
    before = added_tokens(model.tokenizer)[0]
    whole = len(before) > 0 and list(prompt[: len(before)]) == before
    return len(before) if whole else int(prompt[0] == model.tokenizer.bos_token_id)


def end_tokens(model: LanguageModel) -> frozenset[int]:
    """Token ids that end a text, by the tokenizer and by the model's generation settings."""
    declared = getattr(getattr(model.model, "generation_config", None), "eos_token_id", None)
    several = declared if isinstance(declared, list | tuple) else [declared]
    return frozenset(token for token in (*several, model.tokenizer.eos_token_id) if token is not None)
