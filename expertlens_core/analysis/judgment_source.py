"""Judgments by name, downloaded with a checksum on first use, or from a file of one's own."""

import os
from dataclasses import dataclass
from pathlib import Path

from ..concepts import Library
from ..errors import InputError, shortened
from ..files import FilesState, files_state, user_path
from .domain import taxonomy
from .judgment_table import read_pairs, read_table
from .judgments import Judgments, make_judgments
from .men import LEMMA, NATURAL, RATERS, SPLIT_FILES, natural_forms, read_built_in_men, read_men
from .spp import is_spp, spp_judgments, spp_targets

NAMES = ("men-in-the-box", "taxonomy", "men", "simlex999", "wordsim353", "spp")
"""Names that `load_judgments` takes besides paths."""
_MEN_FILES = (LEMMA, NATURAL, *SPLIT_FILES.values())
_WORDSIM_PARTS = ("similarity", "relatedness")


@dataclass(frozen=True)
class Download:
    """An archive of judgments that can be checked when it arrives."""

    file: str
    """Name of the archive."""
    urls: tuple[str, ...]
    """Places to try, in order; what comes is the same everywhere, or it is refused."""
    sha1: str
    """SHA-1 that the gluon-nlp project recorded for the authors' archive (its sums of MEN's files inside are
    those of MEN as we know it)."""
    members: tuple[str, ...]
    """Files to unpack."""
    what: str
    """The file that a user would get by hand."""


DOWNLOADS = {
    "men": Download(
        "MEN.tar.gz",
        ("https://staff.fnwi.uva.nl/e.bruni/resources/MEN.tar.gz",),
        "3c4af1b7009c1ad75e03562f7f7bc5f51ff3a31a",
        tuple(f"MEN/{name}" for name in (*_MEN_FILES, *RATERS, "licence.txt")),
        "MEN.tar.gz by Bruni, Tran and Baroni, unpacked to a folder",
    ),
    "simlex999": Download(
        "SimLex-999.zip",
        ("https://fh295.github.io/SimLex-999.zip", "https://www.cl.cam.ac.uk/~fh295/SimLex-999.zip"),
        "0d3afe35b89d60acf11c28324ac7be10253fda39",
        ("SimLex-999/SimLex-999.txt",),
        "SimLex-999.txt from SimLex-999.zip by Hill, Reichart and Korhonen",
    ),
    "wordsim353": Download(
        "ws353simrel.tar.gz",
        ("http://alfonseca.org/pubs/ws353simrel.tar.gz",),
        "1b9ca7f4d61682dea0004acbd48ce74275d5bfff",
        tuple(f"wordsim353_sim_rel/wordsim_{part}_goldstandard.txt" for part in _WORDSIM_PARTS),
        "combined.csv of WordSim-353 by Finkelstein and others",
    ),
}
"""No checksum is known for SPP, so it is not downloaded: a path is asked for."""


def load_judgments(
    name_or_path: str | Path,
    split: str | None = None,
    *,
    library: Library | None = None,
    folder: Path | None = None,
) -> Judgments:
    """Human similarity of word pairs.

    Args:
        name_or_path: one of `NAMES`, a file of word pairs in any layout (``word1 word2 score`` by space, tab,
            comma or semicolon, with or without header, index column, ``-n`` suffixes or label columns), a
            table of the Semantic Priming Project, or the folder of MEN. A name wins over a file of that name.
        split: MEN's official ``"train"`` or ``"test"``; WordSim-353's ``"similarity"`` or ``"relatedness"``;
            None for all pairs.
        library: what ``"taxonomy"`` is read from.
        folder: where downloads are kept; None takes the user's own cache folder.

    Raises InputError when there are no such judgments, no such split, or no network.
    """
    match name_or_path:
        case "men-in-the-box":
            return read_built_in_men(split)
        case "taxonomy":
            _no_split("taxonomy", split)
            if library is None:
                raise InputError("judgments 'taxonomy' are read from a library: name the library to compare")
            return taxonomy(library)
        case "spp":
            raise InputError(
                "judgments 'spp' are not downloaded, since no checksum of theirs is known: get the table of the "
                "Semantic Priming Project (Hutchison and others 2013; target, prime, unrelated, association) and "
                "give its path"
            )
        case "men":
            return read_men(fetch("men", folder)[0].parent, split)
        case "simlex999":
            _no_split("simlex999", split)
            return make_judgments("simlex999", read_pairs(read_table(fetch("simlex999", folder)[0])))
        case "wordsim353":
            if split not in (None, *_WORDSIM_PARTS):
                raise InputError(
                    f"WordSim-353 has no split {split!r}: expected similarity, relatedness, or none for all"
                )
            parts = zip(_WORDSIM_PARTS, fetch("wordsim353", folder))
            files = [file for part, file in parts if split in (None, part)]
            triples = [triple for file in files for triple in read_pairs(read_table(file))]
            return make_judgments("wordsim353", triples, split=split or "")
    path = user_path(name_or_path)
    if path.is_dir():
        for place in (path, path / "MEN"):
            if (place / LEMMA).is_file():
                return read_men(place, split)
        raise InputError(
            f"{shortened(str(path), 120)} is a folder without {LEMMA}: give MEN's folder, or the path of one file"
        )
    if not path.is_file():
        raise InputError(
            f"no judgments {shortened(str(name_or_path), 120)!r}: expected {', '.join(NAMES)}, or the path of a file "
            "of word pairs"
        )
    return _from_file(path, split)


def judgments_state(name_or_path: str | Path) -> FilesState:
    """Changes when a file that `load_judgments` reads for this path changes."""
    path = user_path(name_or_path)
    folders = (path, path / "MEN") if os.path.isdir(path) else (path.parent,)
    return files_state((path, *(folder / name for folder in folders for name in _MEN_FILES)))


def fetch(name: str, folder: Path | None = None) -> list[Path]:
    """Files of a known download, unpacked, in the order of its members; fetched if they are not there.

    Raises InputError when no place answers, or what came is not what its checksum says.
    """
    import pooch

    download = DOWNLOADS[name]
    place, unpacked = _place(name, folder)
    unpack = pooch.Untar if download.file.endswith(".tar.gz") else pooch.Unzip
    processor = unpack(members=list(download.members), extract_dir=unpacked)
    failure = ""
    for url in download.urls:
        try:
            pooch.retrieve(url, f"sha1:{download.sha1}", download.file, place, processor=processor)
        except Exception as error:
            failure = "no answer from its server" if isinstance(error, OSError) else type(error).__name__
            if "hash" in str(error).lower():
                failure = "the file that came is not the one with the known checksum"
        else:
            return [place / unpacked / member for member in download.members]
    raise InputError(
        f"judgments {name!r} could not be downloaded ({failure}): get {download.what}, and give its path "
        "instead of the name"
    )


def fetched(name: str, folder: Path | None = None) -> list[Path]:
    """What `fetch` gives, where it has been fetched already; else nothing."""
    place, unpacked = _place(name, folder)
    files = [place / unpacked / member for member in DOWNLOADS[name].members]
    return files if all(file.is_file() for file in files) else []


def _place(name: str, folder: Path | None) -> tuple[Path, str]:
    """The folder of downloads, and the name of the one in it where a download is unpacked."""
    import pooch

    place = Path(folder) if folder is not None else Path(pooch.os_cache("expertlens")) / "judgments"
    return place, f"{DOWNLOADS[name].file}.unpacked"


def _from_file(path: Path, split: str | None) -> Judgments:
    if path.name in (LEMMA, NATURAL) and (split is not None or (path.parent / LEMMA).is_file()):
        return read_men(path.parent, split)
    table = read_table(path)
    own_split = next((part for part, name in SPLIT_FILES.items() if name == path.name), "")
    if own_split and split in (own_split, "dev" if own_split == "train" else own_split):
        split = None
    _no_split(path.name, split)
    if is_spp(table):
        return spp_judgments(spp_targets(table), path.stem)
    forms = natural_forms(path.parent) if own_split or path.name == LEMMA else {}
    return make_judgments(path.name, read_pairs(table), split=own_split, other_forms=forms)


def _no_split(name: str, split: str | None) -> None:
    if split is not None:
        raise InputError(f"judgments {shortened(name)!r} have no split {split!r}: leave the split out")
