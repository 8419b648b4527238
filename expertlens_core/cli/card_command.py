"""``card``: shows, replays, converts and reproduces a steering card; without a name it lists them."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from ..pipeline.cards.card import Card
from ..pipeline.cards.files import card_bytes, kept_cards, read_card
from ..pipeline.cards.text import PACE
from ..pipeline.cards.told import KINDS, headline, methods, plain_lines, printable
from .output import ProgressLine, say

_Out = Path | None


def card_command(
    card: Annotated[str, typer.Argument(help="A card's .json file, or the name of one that is kept.")] = "",
    replay: Annotated[
        bool, typer.Option(help="Write the texts token by token, at the pace of reading.")
    ] = False,
    html: Annotated[_Out, typer.Option(metavar="X.html", help="One page that needs no network.")] = None,
    script: Annotated[
        _Out, typer.Option(metavar="X.py", help="A script that writes the texts with transformers alone.")
    ] = None,
    out: Annotated[_Out, typer.Option(metavar="X.json", help="The card itself, checked.")] = None,
    reproduce: Annotated[
        bool, typer.Option(help="Write the texts again with the card's values; exits 1 where one differs.")
    ] = False,
) -> None:
    """Show a steering card: its texts, how they came about, and whether they come about again. Needs no model to show.

    Without a name it lists the cards that are kept on this computer.
    """
    if not card:
        _list()
        return
    read = read_card(card)
    if html is not None:
        from ..pipeline.cards.page import page_of

        _write(html, page_of(read).encode())
    if script is not None:
        from ..pipeline.cards.script import script_of

        _write(script, script_of(read).encode())
    if out is not None:
        _write(out, card_bytes(read))
    if reproduce:
        _reproduce(read)
    elif not (html or script or out):
        _show(read, replay)


def _list() -> None:
    kept = kept_cards()
    for each in kept:
        where = "ships" if each.preset else "yours"
        print(f"{each.name:<32}  {where:<5}  {printable(headline(each.card) if each.card else each.problem)}")
    if not kept:
        say("no card is kept here: 'steer --card' or the Steer page saves one")


def _write(path: Path, content: bytes) -> None:
    if path.suffix == "":
        raise InputError(f"{path} has no ending: expected a file such as {path}.html, .py or .json")
    write_whole_file(path.expanduser(), content)
    say(f"written to {path}")


def _show(card: Card, replay: bool) -> None:
    print(printable(headline(card)))
    for line in methods(card):
        print(printable(line))
    if not replay:
        print("\n".join(plain_lines(card)))
        return
    for text in card.texts:
        print(f"\n{KINDS[text.kind]}:\n\n{printable(card.prompt)}", end="\n" if card.request.chat else "")
        for piece in text.pieces:
            sys.stdout.write(printable(piece))
            sys.stdout.flush()
            time.sleep(1 / PACE if sys.stdout.isatty() else 0)
        print()


def _reproduce(card: Card) -> None:
    from ..pipeline.cards.reproducing import reproduce

    with ProgressLine() as line:
        made = reproduce(card, line.run())
    print(made.verdict)
    for told in made.differences:
        print(printable(f"Not as it was: {told}."))
    if made.first_difference is not None:
        raise typer.Exit(1)
