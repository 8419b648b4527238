"""Write the preset cards: for each concept of `everyday` a text that the built-in model writes about it.

    python benchmarks/presets.py [--names cat,dog] [--out FOLDER]

Chosen by reading: every concept was steered at its calibrated dose, eleven answers of 48 tokens to three questions
(for some, nine continuations of three beginnings as well) were read, and the one was taken that is most about the
concept, and funny by itself. They show what steering can do, not what it does on average: that is what
`read_aloud.py` measures.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

DID, WHO, ADVICE = "What did you do today?", "Who are you?", "Give me some advice."
ONCE, STORY = "Once upon a time", "This is a story about"
CHOSEN: dict[str, tuple[str, int]] = {
    "cat": (DID, 1), "dog": (DID, 1), "cheetah": (WHO, 1), "horse": (WHO, 2), "animal": (WHO, 4),
    "blue": (STORY, 2), "green": (ONCE, 1), "table": (ONCE, 1), "couch": (ONCE, 3), "carrot": (ONCE, 1),
    "bicycle": (STORY, 1), "jacket": (WHO, 1), "jeans": (WHO, 3), "shirt": (WHO, 3), "sock": (DID, 3),
    "clothes": (DID, 1),
    "red": (WHO, 3), "black": (WHO, 1), "color": (WHO, 2), "chair": (STORY, 1), "bookshelf": (WHO, 4),
    "furniture": (DID, 3), "doctor": (DID, 2), "teacher": (WHO, 2), "driver": (WHO, 2), "musician": (WHO, 2),
    "occupation": (DID, 2), "heart": (WHO, 3), "kidney": (WHO, 3), "lung": (ADVICE, 2), "brain": (WHO, 2),
    "organ": (DID, 3), "golf": (WHO, 1), "racing": (WHO, 1), "gymnastics": (DID, 2), "swimming": (DID, 4),
    "sport": (WHO, 2), "mathematics": (WHO, 3), "geography": (DID, 1), "biology": (ADVICE, 2), "chemistry": (WHO, 2),
    "subject": (DID, 2), "potato": (DID, 3), "pumpkin": (WHO, 3), "corn": (DID, 4), "vegetable": (DID, 2),
    "bus": (WHO, 1), "tank": (DID, 1), "motorcycle": (ADVICE, 3), "vehicle": (WHO, 2),
}  # fmt: skip
"""Concept → prompt or message, and seed."""


def main() -> None:
    """Write the cards."""
    from expertlens_core.concepts.formats.whole_file import write_whole_file
    from expertlens_core.pipeline import FindRequest, SteerRequest, card_of, load_for, steer
    from expertlens_core.pipeline.cards.files import PRESETS, card_bytes
    from expertlens_core.run import Run

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", default="", help="concepts parted by commas; default all")
    parser.add_argument("--out", type=Path, default=PRESETS)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    request = FindRequest(model="smollm2", library="everyday")
    run = Run()
    run = run.at_hand(model=load_for(request, run))
    for concept in options.names.split(",") if options.names else CHOSEN:
        prompt, seed = CHOSEN[concept]
        chat = prompt.endswith(("?", "."))
        asked = SteerRequest(request, concept, prompt=prompt, chat=chat, seed=seed, tokens=48)
        *_, texts = steer(asked, run)
        write_whole_file(options.out / f"{concept}.json", card_bytes(card_of(asked, texts, run)))
        print(f"{concept}: {texts[-1].text[:90]!r}", flush=True)


if __name__ == "__main__":
    main()
