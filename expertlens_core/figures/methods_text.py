"""Words for a paper: methods paragraph and references, written from a result's own metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..models.label import model_label

_POOLING = {
    "max": "the maximum over its real tokens (padding and special tokens masked out)",
    "mean": "the mean over its real tokens (padding and special tokens masked out)",
    "last": "the value at its last real token",
    "selfcond-2022": "the maximum over all positions of the sentence padded to {max_tokens} tokens, as in the "
    "2022 code",
}
_SOURCES = {
    "men": (
        "bruni2014men",
        "@article{bruni2014men,\n  author = {Bruni, Elia and Tran, Nam Khanh and Baroni, Marco},\n"
        "  title = {Multimodal Distributional Semantics},\n"
        "  journal = {Journal of Artificial Intelligence Research},\n  volume = {49},\n  pages = {1--47},\n"
        "  year = {2014}\n}",
    ),
    "simlex999": (
        "hill2015simlex",
        "@article{hill2015simlex,\n  author = {Hill, Felix and Reichart, Roi and Korhonen, Anna},\n"
        "  title = {{SimLex-999}: Evaluating Semantic Models with (Genuine) Similarity Estimation},\n"
        "  journal = {Computational Linguistics},\n  volume = {41},\n  number = {4},\n  pages = {665--695},\n"
        "  year = {2015}\n}",
    ),
    "wordsim353": (
        "finkelstein2002wordsim",
        "@article{finkelstein2002wordsim,\n  author = {Finkelstein, Lev and Gabrilovich, Evgeniy and Matias, Yossi "
        "and Rivlin, Ehud and Solan, Zach and Wolfman, Gadi and Ruppin, Eytan},\n"
        "  title = {Placing Search in Context: The Concept Revisited},\n"
        "  journal = {ACM Transactions on Information Systems},\n  volume = {20},\n  number = {1},\n"
        "  pages = {116--131},\n  year = {2002}\n}",
    ),
}
_SOURCES["men-in-the-box"] = _SOURCES["men"]
_EXPERTLENS = (
    "@misc{expertlens2025,\n  author = {Fedzechkina, Masha and Gualdoni, Eleonora and Williamson, Sinead and "
    "Metcalf, Katherine and Seto, Skyler and Theobald, Barry-John},\n"
    "  title = {{ExpertLens}: Activation steering features are highly interpretable},\n  year = {2025},\n"
    "  eprint = {2502.15090},\n  archivePrefix = {arXiv}\n}"
)
_SELFCOND = (
    "@inproceedings{suau2022selfcond,\n  author = {Suau, Xavier and Zappella, Luca and Apostoloff, Nicholas},\n"
    "  title = {Self-conditioning Pre-Trained Language Models},\n"
    "  booktitle = {International Conference on Machine Learning},\n  year = {2022}\n}"
)


def methods_paragraph(about: Mapping[str, Any], *, tau: float = 0.5, without_token_only: bool = False) -> str:
    """A paragraph for a methods section, from the metadata alone.

    Args:
        about: of a result; with ``judgments``, ``split`` and ``align`` (of `Aligned.about`), the alignment is
            described as well.
        tau: threshold of the expert sets.
        without_token_only: whether modules that see only the current token's embedding were left out.
    """
    recipe = about["request"]
    pooling = _POOLING[recipe["pooling"]].format(max_tokens=recipe["max_tokens"])
    pool = about["pool"] or "the concepts' own negatives"
    sentences = [
        f"We looked for expert units of {about['concepts']} concepts (library {about['library']}, digest "
        f"{about['library_digest'][:12]}) in {_model(about)}, run in {recipe['dtype']} on {about['device']}.",
        f"Units are the {about['units']:,} output components of the linear maps in the attention and MLP parts of "
        f"every block{', and of their layer norms' if recipe['include_norms'] else ''}.",
        f"A concept was given by at most {recipe['positives']} sentences with it and {_negatives(recipe)} "
        f"without it ({'pool ' if about['pool'] else ''}{pool}, seed {recipe['seed']}); a unit's response to a "
        f"sentence is {pooling}, with sentences cut at {recipe['max_tokens']} tokens.",
        "A unit's expertise is the average precision (AP) with which its response tells the two sets apart; "
        f"experts have an AP above {tau:g}, and concepts are compared by the Jaccard index of their expert sets "
        "[@suau2022selfcond; @expertlens2025].",
    ]
    if without_token_only:
        sentences.append("Modules that see only the current token's embedding were left out.")
    if "judgments" in about:
        sentences += _alignment(about)
    if warned := about.get("warnings"):
        concept, (first, *_) = next(iter(warned.items()))
        sentences.append(
            f"{len(warned)} of the concepts carry warnings on their sentences ({concept}: {first})"
        )
    sentences.append(f"Computed with {_versions(about)}.")
    return " ".join(sentences)


def bibtex(about: Mapping[str, Any]) -> str:
    """BibTeX of what the paragraph cites: the method, and the judgments where they are known ones."""
    source = _source(about)
    return "\n\n".join([_EXPERTLENS, _SELFCOND, *([source[1]] if source else [])]) + "\n"


def _alignment(about: Mapping[str, Any]) -> list[str]:
    options, split = about["align"], about["split"]
    source = _source(about)
    cited = f" [@{source[0]}]" if source else ""
    said = [
        f"Similarities were compared with the judgments {about['judgments']}{cited}"
        f"{f', split {split}' if split else ''} by Spearman's rho; intervals are percentile bootstrap intervals "
        f"({options['resamples']:,} resamples, seed {options['seed']})."
    ]
    if about["judgments"] == "taxonomy":
        said.append(
            "These judgments are a complete matrix of concepts, so concepts were resampled, and p is that of a "
            f"Mantel test ({options['permutations']:,} permutations)."
        )
    else:
        said.append(f"p is that of a permutation test ({options['permutations']:,} permutations).")
    if options["baselines"]:
        said.append(f"Baselines on the same pairs: {', '.join(options['baselines'])}.")
    return said


def _source(about: Mapping[str, Any]) -> tuple[str, str] | None:
    return _SOURCES.get(str(about.get("judgments", "")))


def _negatives(recipe: Mapping[str, Any]) -> str:
    return "2.5 times as many" if recipe["negatives"] is None else str(recipe["negatives"])


def _model(about: Mapping[str, Any]) -> str:
    name = model_label(str(about["model"]))
    return f"{name} at {about['revision'][:12]}" if about["revision"] else name


def _versions(about: Mapping[str, Any], names: tuple[str, ...] | None = None) -> str:
    versions = about["versions"]
    return ", ".join(f"{name} {versions[name]}" for name in names or versions if versions.get(name))
