"""A judge that no dose was calibrated with: which concept was a text steered to, by a naive Bayes over words?

    python benchmarks/judge.py --fix           # how the judge was fixed: by the sentences alone
    python benchmarks/judge.py [--out FILE]    # what it says of the kept texts of `causality`

It learns from `everyday`'s positive sentences of the forty specific concepts and reads the texts that `causality` wrote
on the built-in model (they are written first where they are not kept). Everything about it (what a word is, smoothing,
counts or presence) was chosen by 5-fold cross-validation on the sentences, by the mean of three accuracies, before it
saw a text: with all words, without the concept's name, without its name and related words. Chance is 2.5 %.
Criterion, fixed before: the right concept for at least half of the steered texts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

CRITERION = 0.5
FOLDS = 5
SMOOTHING = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
FIXED = {"words": "lemmas of content words", "presence": True, "alpha": 3.0}
"""Chosen by `--fix`."""
REMOVED = {
    "all words": "as written",
    "no name": "without the concept's name",
    "no related": "without its name and related words",
    "none of any": "without names and related words of all forty concepts",
}


def tokens(kind: str) -> Callable[[Sequence[str]], list[list[str]]]:
    """What a judge takes for the words of a text."""
    from expertlens_core.analysis.content_words import list_reader
    from expertlens_core.concepts.mention import words

    reader = list_reader()
    return {
        "words as written": lambda texts: [words(text) for text in texts],
        "lemmas of all words": lambda texts: [[word.lemma for word in some] for some in reader.read(texts)],
        "lemmas of content words": lambda texts: reader.contents(texts),
    }[kind]


class Judge:
    """A multinomial naive Bayes with equal priors."""

    def __init__(self, kind: str, presence: bool, alpha: float) -> None:
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.naive_bayes import MultinomialNB

        self._tokens = tokens(kind)
        self._counts = CountVectorizer(analyzer=lambda some: some, binary=presence)
        self._bayes = MultinomialNB(alpha=alpha, fit_prior=False)

    def learn(self, sentences: Sequence[str], concepts: Sequence[int]) -> Judge:
        self._bayes.fit(self._counts.fit_transform(self._tokens(sentences)), concepts)
        return self

    def says(self, texts: Sequence[str]) -> np.ndarray:
        """`[texts]` number of the likeliest concept."""
        return np.asarray(self._bayes.predict(self._counts.transform(self._tokens(texts))))


class Remover:
    """Takes words of concepts out of texts, in every form that they take."""

    def __init__(self, concepts: Sequence[Any]) -> None:
        from expertlens_core.analysis.content_words import list_reader
        from expertlens_core.analysis.related_prevalence import related_lemmas
        from expertlens_core.concepts.related_words import related_forms

        self._reader = list_reader()
        self._names = [concept.name for concept in concepts]
        self._lemmas = [related_lemmas(concept, self._reader).all for concept in concepts]
        self._forms = [related_forms(concept) for concept in concepts]

    def __call__(self, text: str, concept: int, how: str) -> str:
        if how == "all words":
            return text
        which = range(len(self._names)) if how == "none of any" else [concept]
        for each in which:
            text = self._unnamed(text, self._names[each])
        if how == "no name":
            return text
        lemmas = frozenset().union(*(self._lemmas[each] for each in which))
        forms = frozenset().union(*(self._forms[each] for each in which))
        return self._unrelated(text, lemmas, forms)

    @staticmethod
    def _unnamed(text: str, name: str) -> str:
        from expertlens_core.concepts.mention import name_spans

        for start, end in reversed(name_spans(text, name)):
            text = text[:start] + text[end:]
        return text

    def _unrelated(self, text: str, lemmas: frozenset[str], forms: frozenset[str]) -> str:
        from expertlens_core.concepts.mention import WORD

        def kept(word: str) -> str:
            (read,) = self._reader.read([word.lower()])
            related = word.lower() in forms or any(part.lemma in lemmas for part in read)
            return "" if related else word

        return WORD.sub(lambda match: kept(match.group()), text)


def folds(concepts: np.ndarray) -> np.ndarray:
    """`[sentences]` number of the fold: every fifth sentence of each concept."""
    place = np.zeros(len(concepts), dtype=int)
    for concept in np.unique(concepts):
        place[concepts == concept] = np.arange(np.count_nonzero(concepts == concept)) % FOLDS
    return place


def fix(chosen: Sequence[Any]) -> None:
    """Accuracy of every judge on sentences that it did not learn from."""
    sentences = [sentence for concept in chosen for sentence in concept.positives]
    concepts = np.repeat(np.arange(len(chosen)), [len(concept.positives) for concept in chosen])
    remover, place = Remover(chosen), folds(concepts)
    ways = list(REMOVED)[:3]
    variants = {way: [remover(s, c, way) for s, c in zip(sentences, concepts)] for way in ways}
    print("words                    presence  alpha  " + "  ".join(ways) + "  mean")
    for kind in ("words as written", "lemmas of all words", "lemmas of content words"):
        for presence in (False, True):
            for alpha in SMOOTHING:
                right = dict.fromkeys(ways, 0)
                for fold in range(FOLDS):
                    learn, held = np.flatnonzero(place != fold), np.flatnonzero(place == fold)
                    judge = Judge(kind, presence, alpha).learn([sentences[i] for i in learn], concepts[learn])
                    for way in ways:
                        said = judge.says([variants[way][i] for i in held])
                        right[way] += int((said == concepts[held]).sum())
                shares = [right[way] / len(sentences) for way in ways]
                told = "  ".join(f"{share:.3f}" for share in (*shares, np.mean(shares)))
                print(f"{kind:25s} {presence!s:8s} {alpha:6g}  {told}", flush=True)


def judged(kept: Any, run: Any) -> dict[str, Any]:
    """What the judge says of every kind of text, per concept."""
    chosen = list(kept.concepts)
    number = {concept.key: i for i, concept in enumerate(chosen)}
    sentences = [sentence for concept in chosen for sentence in concept.positives]
    judge = Judge(FIXED["words"], FIXED["presence"], FIXED["alpha"])  # type: ignore[arg-type]
    judge.learn(sentences, np.repeat(np.arange(len(chosen)), [len(c.positives) for c in chosen]))
    remover, rows = Remover(chosen), []
    for i, concept in enumerate(chosen):
        texts = kept.by_kind(concept.key, run)
        other = number[kept.others[concept.key].key]
        row: dict[str, Any] = {"concept": concept.key, "other": kept.others[concept.key].key}
        for way in REMOVED:
            said = judge.says([remover(text, i, way) for text in texts["steered"].texts])
            row[way] = float(np.mean(said == i))
            if way == "all words":
                names, times = np.unique(said, return_counts=True)
                row["taken for"] = chosen[names[times.argmax()]].key
        for kind in ("original", "random", "other"):
            row[f"{kind} taken for it"] = float(np.mean(judge.says(texts[kind].texts) == i))
        row["other taken for the other"] = float(np.mean(judge.says(texts["other"].texts) == other))
        rows.append(row)
    return {"rows": rows, "means": {name: float(np.mean([row[name] for row in rows]))
            for name in rows[0] if isinstance(rows[0][name], float)}}  # fmt: skip


def told(found: dict[str, Any]) -> str:
    """The judge's part of docs/meaning.md, after the effects."""
    from benchmarks.meaning import table

    rows, means = found["rows"], found["means"]
    half = sum(row["all words"] >= CRITERION for row in rows)
    right_other = sum(row["other taken for the other"] > row["other taken for it"] for row in rows)
    met = "met" if means["all words"] >= CRITERION else "missed"

    def percent(share: float) -> str:
        return f"{100 * share:.0f}"

    head = ("concept", "right, %", "no name", "no related words", "words of no concept", "most often taken for",
            "originals", "random units", "its control: the control", "its control: it")  # fmt: skip
    names = (*REMOVED, "taken for", "original taken for it", "random taken for it",
             "other taken for the other", "other taken for it")  # fmt: skip
    body = [
        [row["concept"], *(row[n] if n == "taken for" else percent(row[n]) for n in names)] for row in rows
    ]
    body.append(["**mean**", *("" if n == "taken for" else percent(means[n]) for n in names)])
    return f"""### A judge that no dose was calibrated with

A multinomial naive Bayes with equal priors ({FIXED["words"]}, smoothing {FIXED["alpha"]}), trained on the {len(rows)}
concepts' sentences and fixed by cross-validation on them alone (`python benchmarks/judge.py --fix`), says which concept
a text was steered to. **Right for {100 * means["all words"]:.1f} % of the steered texts** (wanted: at least
{100 * CRITERION:.0f} %, {met}; chance {100 / len(rows):.1f} %), and for at least half of the texts of {half} of
{len(rows)} concepts. With the concept's name taken out of the texts {100 * means["no name"]:.1f} %, with its related
words too {100 * means["no related"]:.1f} %, and with the names and related words of all {len(rows)} concepts taken out
{100 * means["none of any"]:.1f} %. Originals are taken for the concept in
{100 * means["original taken for it"]:.1f} %, texts of random units in {100 * means["random taken for it"]:.1f} %. Texts
steered to the control's concept are taken for that one in {100 * means["other taken for the other"]:.1f} % and for the
target in {100 * means["other taken for it"]:.1f} %, more often for the control's in {right_other} of {len(rows)}.

{table(head, body)}
"""


def main() -> None:
    """Fix the judge, or let it judge."""
    from expertlens_core.concepts import load_library
    from expertlens_core.pipeline import FindRequest
    from expertlens_core.pipeline.evidence.kept_texts import kept_texts
    from expertlens_core.pipeline.evidence.request import CausalityRequest
    from expertlens_core.pipeline.evidence.texts import causal_concepts, write_texts
    from expertlens_core.run import Run

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fix", action="store_true", help="cross-validate the judges on the sentences")
    parser.add_argument("--out", type=Path, help="JSON file for what it says")
    options = parser.parse_args()
    asked, run = CausalityRequest(find=FindRequest(model="smollm2", library="everyday")), Run()
    if options.fix:
        fix(causal_concepts(asked, load_library("everyday")))
        return
    kept = kept_texts(asked, run)
    if kept is None or kept.missing(run):
        write_texts(asked, run)
        kept = kept_texts(asked, run)
    found = judged(kept, run)
    print(told(found))
    if options.out:
        options.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
