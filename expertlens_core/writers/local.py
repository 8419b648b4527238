"""A writer that is an instruct model on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import Cancelled, InputError
from ..models.label import model_label
from .writer import Ask

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

TOKENS = 48
"""Of a sentence at most; a longer one is cut, and not taken."""
TEXTS = 16
"""Sentences of one request, written side by side."""
TEMPERATURE, TOP_P = 0.8, 0.95


class LocalWriter:
    """Writes one sentence an answer, several answers at once, in the model's chat template.

    Args:
        model: an instruct model in memory.
        seed: of every draw.

    Raises:
        InputError: for a model without a chat template.
    """

    sentences = 1
    texts = TEXTS
    shows = True

    def __init__(self, model: LanguageModel, seed: int = 0) -> None:
        if not model.causal or not getattr(model.tokenizer, "chat_template", None):
            raise InputError(
                f"{model_label(model.name)} has no chat template and cannot be asked for sentences: choose an instruct "
                "model such as smollm2, or an endpoint"
            )
        self._model, self._seed = model, seed
        self.name = model_label(model.name)
        self.identity = f"{model.digest} {model.dtype} {TEMPERATURE} {TOP_P} {TOKENS} {seed}"

    def answers(
        self, asks: Sequence[Ask], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[Ask, tuple[str, ...]]]:
        """One after the other; see `Writer`."""
        from ..steering.generation import generate_texts
        from ..steering.row import Row

        for ask in asks:
            prompt = self._prompt(ask)
            rows = [Row("original", ask.number * TEXTS + number) for number in range(ask.texts)]
            texts = generate_texts(
                self._model,
                prompt,
                rows,
                max_new_tokens=TOKENS if ask.texts > 1 else 4 * TOKENS,
                temperature=TEMPERATURE,
                top_p=TOP_P,
                seed=self._seed,
                cancelled=cancelled,
            )
            if cancelled():
                raise Cancelled("stopped; the sentences that were written are kept")
            yield ask, tuple(texts)

    def _prompt(self, ask: Ask) -> str:
        """The messages in the chat template, with as many of the sentences shown as the model has room for."""
        from ..steering.prompt import token_ids

        turns = [{"role": role, "content": text} for role, text in ask.messages]
        while True:
            prompt = str(
                self._model.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
            )
            room = self._model.max_tokens - len(token_ids(self._model, prompt))
            if len(turns) == 1 or room >= TOKENS:
                return prompt
            turns = turns[2:]
