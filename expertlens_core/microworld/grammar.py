"""The grammar: turns concepts into sentences and short documents, frame by frame."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import numpy as np

from .cast import Cast, Person, world_lists
from .frames import Choice, Frame, Literal, Node, Slot, load_frames
from .inflection import article, is_plural, with_article
from .lexicon import Attribute, Entry, Lexicon, load_lexicon
from .polish import place_object, polish

SHARPNESS = 0.65
"""Softmax sharpness: probability of an attribute ∝ exp(sharpness · fit)."""
QUALITY = 0.45
"""Share of names, and of parts of one word, that get a quality before them."""
ADVERB = 0.45
"""Share of verbs that get an adverb."""
MOVED = 0.35
"""Share of what a concept does somewhere that is moved to another of its places."""
NEWCOMER = 0.35
"""Share of a document's sentences that turn to another person."""
STRAY = 0.06
"""Share of qualities, companions and times that come from a neighbour of the concept."""
STRAY_ROLES = ("adj", "with", "when")
COMMON = {"adj": 0.2, "part": 0.15, "do": 0.08, "use": 0.12, "where": 0.18, "with": 0.2, "when": 0.3}
"""Share of each role's attributes that anything may have, concept or not."""
ASIDE = 0.22
"""Share of sentences that get an opening, and of those that get a closing, of no consequence."""
NAMELESS = 0.46
"""Share of probe sentences that do not name the concept."""


class Grammar:
    """Sentences and documents about the concepts of a lexicon, from a seeded source of randomness."""

    def __init__(self, lexicon: Lexicon, banned: dict[str, frozenset[str]] | None = None) -> None:
        """Prepare the draws.

        Args:
            lexicon: the concepts.
            banned: key → lemmas that must not occur (the unseen related words, for probe sentences).
        """
        self.lexicon = lexicon
        self.frames = load_frames()
        lists = world_lists()
        self.people = tuple(
            [Person(n, ("she", "her", "her")) for n in lists["women"]]
            + [Person(n, ("he", "him", "his")) for n in lists["men"]]
        )
        self.towns, self.lists = lists["towns"], lists
        self.common = {role: [Attribute(role, item) for item in lists[role]] for role in COMMON}
        self.calm = 1.0 if banned is None else 0.5
        self.stray = STRAY if banned is None else 0.0
        self._draws: list[dict[str, tuple[list[Attribute], list[float]]]] = []
        for i, entry in enumerate(lexicon.entries):
            ban = frozenset() if banned is None else lexicon.forms(banned[entry.key])
            by_role: dict[str, tuple[list[Attribute], list[float]]] = {}
            for j, attribute in enumerate(lexicon.attributes):
                if attribute not in entry.grades or not ban.isdisjoint(attribute.surface):
                    continue
                items, weights = by_role.setdefault(attribute.role, ([], []))
                items.append(attribute)
                weights.append(float(np.exp(SHARPNESS * lexicon.fit[i, j])))
            self._draws.append(
                {role: (items, list(accumulate(weights))) for role, (items, weights) in by_role.items()}
            )
        self._index = {entry.key: i for i, entry in enumerate(lexicon.entries)}
        vectors = lexicon.fit / np.linalg.norm(lexicon.fit, axis=1, keepdims=True)
        nearness = np.exp(8.0 * (vectors @ vectors.T))
        np.fill_diagonal(nearness, 0.0)
        self._near = [list(accumulate(row)) for row in nearness.tolist()]

    def cast(self, entry: Entry, naming: float, rng: random.Random) -> Cast:
        """A fresh cast for a document or a sentence about `entry`."""
        person, other = rng.sample(self.people, 2)
        gender = ("they", "them", "their")
        if "person" in entry.flags:
            gender = rng.choice((("she", "her", "her"), ("he", "him", "his")))
        plural = "plural" in entry.flags
        return Cast(entry, person, other, rng.choice(self.towns), naming, gender, plural)

    def attribute(self, role: str, cast: Cast, rng: random.Random) -> Attribute:
        """Draw an attribute of the role by its fit, preferring those not yet used in the document."""
        index = self._index[cast.entry.key]
        if rng.random() < self.calm * COMMON.get(role, 0.0):
            return rng.choice(self.common[role])
        if role in STRAY_ROLES and self.stray and rng.random() < self.stray:
            index = rng.choices(range(len(self._near)), cum_weights=self._near[index])[0]
        items, weights = self._draws[index][role]
        for _ in range(4):
            found = rng.choices(items, cum_weights=weights)[0]
            if found.phrase not in cast.used:
                break
        cast.used.add(found.phrase)
        return found

    def sentence(self, frame: Frame, cast: Cast, rng: random.Random) -> str:
        """Fill a frame: one sentence (some frames: two), capitalised and punctuated."""
        cast.named = False
        words: list[str] = []
        self._fill(frame.nodes, cast, rng, words)
        text = "".join(words)
        kind = "fact" if "fact" in frame.section else "story"
        plain = not re.search(r"[\"?!:]|[.] ", text) and not frame.section.startswith(("intro", "probe"))
        if plain and rng.random() < ASIDE:
            first = text[0].lower() if isinstance(frame.nodes[0], Literal | Choice) else text[0]
            text = f"{rng.choice(self.lists[f'opener-{kind}'])}, {first}{text[1:]}"
        if plain and rng.random() < ASIDE:
            text = f"{text.removesuffix('.')}, {rng.choice(self.lists[f'closer-{kind}'])}."
        return polish(text)

    def _fill(self, nodes: Sequence[Node], cast: Cast, rng: random.Random, out: list[str]) -> None:
        for node in nodes:
            if isinstance(node, Literal):
                out.append(node.text)
            elif isinstance(node, Choice):
                self._fill(rng.choice(node.options), cast, rng, out)
            else:
                out.append(self._slot(node, cast, rng))

    def _slot(self, slot: Slot, cast: Cast, rng: random.Random) -> str:
        name = slot.name
        if name in ("P", "Pn", "Po", "Ps", "Q"):
            return self._person(name, cast, rng)
        if name == "town":
            return cast.town if rng.random() < 0.8 else rng.choice(self.towns)
        if name == "day":
            return rng.choice(self.lists["days"])
        if name in ("manner", "mood", "said", "folk"):
            return rng.choice(self.lists[name])
        if name in ("adj", "where", "with", "when"):
            return self.attribute(name, cast, rng).phrase
        if name == "part":
            phrase = self.attribute("part", cast, rng).phrase
            if " " not in phrase and rng.random() < QUALITY:
                phrase = f"{rng.choice(self.lists['adj'])} {phrase}"
            return phrase if slot.after_its else with_article(phrase)
        if name in ("is", "was", "has"):
            return {"is": ("is", "are"), "was": ("was", "were"), "has": ("has", "have")}[name][cast.plural]
        if name in ("do", "did", "doing", "todo"):
            base, third, past, ing = self.attribute("do", cast, rng).forms
            present = base if cast.plural or slot.variant == "pl" else third
            phrase = {"do": present, "did": past, "doing": ing, "todo": base}[name]
            if rng.random() < MOVED and _SOMEWHERE.search(phrase):
                phrase = _SOMEWHERE.sub(" " + self.attribute("where", cast, rng).phrase, phrase)
            return self._adverb(slot, rng) + phrase
        if name in ("use", "uses", "used", "using"):
            base, third, past, ing = self.attribute("use", cast, rng).forms
            phrase = {"use": base, "uses": third, "used": past, "using": ing}[name]
            return self._adverb(slot, rng) + place_object(phrase, self._reference("obj", cast, rng))
        return self._reference(name, cast, rng)

    def _adverb(self, slot: Slot, rng: random.Random) -> str:
        past = slot.name in ("did", "used")
        if not (past or slot.name == "do" or slot.variant == "habit") or rng.random() >= ADVERB:
            return ""
        return rng.choice(self.lists["manner" if past else "often"]) + " "

    def _person(self, name: str, cast: Cast, rng: random.Random) -> str:
        if name == "Q":
            return (cast.other if rng.random() < 0.35 else rng.choice(self.people)).name
        subject, object_, possessive = cast.person.pronouns
        if name == "Ps":
            return possessive
        known, cast.person_known = cast.person_known, True
        if name == "Pn" or not known or "person" in cast.entry.flags or rng.random() < 0.5:
            return cast.person.name
        return object_ if name == "Po" else subject

    def _reference(self, name: str, cast: Cast, rng: random.Random) -> str:
        """A word or phrase for the concept: its name, a pronoun or a description."""
        entry = cast.entry
        mass, only_plural = "mass" in entry.flags, "plural" in entry.flags
        subject, object_, possessive = (
            ("they", "them", "their")
            if cast.plural
            else cast.gender
            if "person" in entry.flags
            else ("it", "it", "its")
        )
        if name == "it":
            return subject
        if name == "its":
            return possessive
        by_name = rng.random() < (cast.naming * 0.4 if cast.named else cast.naming)
        if by_name:
            cast.named = cast.ever_named = True
            return self._by_name(name, cast, rng)
        if name == "a" and rng.random() < 0.6:
            cast.plural = False
            someone = "someone" if "person" in entry.flags else "something"
            return f"{someone} {self.attribute('adj', cast, rng).phrase}"
        if name == "a" or rng.random() < 0.3:
            phrase = self.attribute("desc", cast, rng).phrase
            cast.plural = is_plural(phrase)
            return phrase
        if not only_plural and not mass and name == "gen" and rng.random() < 0.4:
            cast.plural = not cast.plural
            return "they" if cast.plural else self._reference("it", cast, rng)
        return object_ if name in ("obj", "topic") else subject

    def _by_name(self, name: str, cast: Cast, rng: random.Random) -> str:
        entry = cast.entry
        quality = ""
        if rng.random() < QUALITY:
            quality = self.attribute("adj", cast, rng).phrase + " "
        one, many = quality + entry.name, quality + entry.plural
        if "plural" in entry.flags:
            cast.plural = True
            return one if name in ("gen", "topic") or rng.random() < 0.3 else f"the {one}"
        cast.plural = False
        if "mass" in entry.flags:
            if "abstract" in entry.flags or name in ("gen", "topic") or rng.random() < 0.3:
                return one
            return f"some {one}" if name == "a" else f"the {one}"
        if name == "topic" or (name == "gen" and rng.random() < 0.5):
            cast.plural = True
            return many
        if name == "a" or (name == "gen" and rng.random() < 0.6):
            return f"{article(one)} {one}"
        if name == "obj" and rng.random() < 0.2:
            cast.plural = True
            return many
        return f"the {one}"

    def document(self, entry: Entry, sentences: int, rng: random.Random) -> str:
        """A coherent text about one concept: facts, a story, or facts and then a story.

        In a third of the texts the name comes late, in an eighth never; people and towns are independent.
        """
        draw = rng.random()
        late = rng.randint(3, 6) if draw < 0.35 else 0
        naming = 0.0 if draw > 0.88 else rng.choice((0.35, 0.5, 0.65))
        cast = self.cast(entry, 0.0 if late else naming, rng)
        mode = rng.choices(("story", "fact", "both"), (0.5, 0.3, 0.2))[0]
        switch = rng.randint(3, 6)
        lines: list[str] = []
        told: set[int] = set()
        for step in range(sentences):
            if step == late:
                cast.naming = naming
            story = mode == "story" or (mode == "both" and step >= switch)
            kind = "story" if story else "fact"
            if step == 0 and rng.random() < 0.75:
                kind = f"intro-{kind}"
            elif rng.random() < 0.07:
                kind = "filler" if story else "filler-fact"
            pool = self.frames_for(kind, entry)
            frame = rng.choice(pool)
            while frame.number in told and rng.random() < 0.9:
                frame = rng.choice(pool)
            told.add(frame.number)
            if rng.random() < NEWCOMER:
                cast.person, cast.person_known = rng.choice(self.people), False
            lines.append(self.sentence(frame, cast, rng))
        return " ".join(lines)

    def frames_for(self, kind: str, entry: Entry) -> Sequence[Frame]:
        """Frames of a section that suit the concept."""
        return self.frames[kind][1] if "abstract" in entry.flags else self.frames[kind][0]


_SOMEWHERE = re.compile(r" (in|on|at|by|near|under|behind|across|over|through|from) (the|a) [a-z ]+$")


@cache
def training_grammar() -> Grammar:
    """The grammar of the training text."""
    return Grammar(load_lexicon())
