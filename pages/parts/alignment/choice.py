"""Which judgments: built in, well known, or a file of one's own, which is checked by reading it and then kept."""

import hashlib
import os
import secrets
import tempfile
from dataclasses import replace
from pathlib import Path

import streamlit as st

from expertlens_core.analysis.judgment_source import DOWNLOADS, load_judgments
from expertlens_core.concepts.shelf import shelf_directory
from expertlens_core.errors import InputError
from expertlens_core.figures import printable
from pages.shared import view
from pages.shared.choices.alignment import CONCEPTS, JUDGMENTS, KNOWN, PAIR, SPLIT, SPLITS
from pages.shared.following import follow
from pages.shared.job import job_id
from pages.shared.loading import load_library
from pages.shared.plain import show_problem
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import file_name

TURN = "judgments turn"
MEGABYTES = 8
"""Size of an upload at most: MEN has 0.06, all of SPP 0.2."""
SPP_HELP = (
    "SPP is not downloaded, because no checksum of it is known: get the table of the Semantic Priming Project "
    "(Hutchison and others 2013) with the columns target, prime, unrelated and association, and upload it below or "
    "type its path above."
)


def draw_choice() -> tuple[str, str] | None:
    """The choice of judgments and split, as `AlignRequest` takes them; None where they are still to be had."""
    current = view.get(JUDGMENTS).strip() or JUDGMENTS.default
    options = [*KNOWN, *(str(path) for path in own_files())]
    if current not in options:
        options.append(current)
    splits = SPLITS.get(current) or (SPLITS["men"] if Path(current).expanduser().is_dir() else {})
    # A column without anything in it would be a gap on a phone.
    left, *middle, right = st.columns(
        [5, 3, 2] if splits else [8, 2], gap="medium", vertical_alignment="bottom"
    )
    left.selectbox(
        "What people say",
        options,
        format_func=lambda source: KNOWN.get(source) or Path(source).name or source,
        accept_new_options=True,
        help="How alike people find pairs of words. Choose judgments, or type the path of a file of word pairs "
        "(word1 word2 score, by space, tab or comma) or of MEN's folder.",
        **view.show(JUDGMENTS.name, current, lambda typed: _choose((typed or JUDGMENTS.default).strip())),
    )
    if view.get(SPLIT) not in splits:
        view.put(SPLIT, "")
    if splits:
        told = (
            "MEN's authors split it into 2,000 pairs to develop on and 1,000 to test on; the paper reports the test "
            "split."
        )
        if "train" not in splits:
            told = "Pairs rated for similarity, or for relatedness of any kind."
        with middle[0]:
            view.segments("Split", splits, SPLIT, help=told)
    with right, st.popover("Your own file", icon=":material/upload:", width="stretch"):
        _upload()
    if current == "spp":
        st.info(SPP_HELP, icon=":material/download:")
        return None
    if current in DOWNLOADS and not _is_downloaded(current):
        _offer_download(current)
        return None
    return current, view.get(SPLIT)


def draw_concepts(chosen: Selection, source: str) -> Selection:
    """The selection with the library to compare: the built-in judgments have one of their own, `men`."""
    if source != "men-in-the-box" or chosen.library_name == "men":
        return chosen
    men = load_library("men")
    names = {
        "": f"men: the {len(men)} words of these pairs",
        "library": f"{printable(chosen.library.name)}: the library at the left",
    }
    told = (
        "The library men has sentences for every word of these pairs. Another library is compared on the pairs of "
        "words that it has."
    )
    view.segments("Concepts", names, CONCEPTS, help=told)
    return chosen if view.get(CONCEPTS) else replace(chosen, library=men, library_name="men")


def _is_downloaded(name: str) -> bool:
    import pooch

    download = DOWNLOADS[name]
    place = Path(pooch.os_cache("expertlens")) / "judgments" / f"{download.file}.unpacked"
    return all((place / member).is_file() for member in download.members)


def _offer_download(name: str) -> None:
    job_name = job_id("judgments", {"name": name})
    job = services().jobs.get(job_name)
    if job is not None and job.state != "done":
        follow(job_name)
        if job.active:
            return
    with st.container(border=True):
        st.markdown(
            f"**{KNOWN[name]}** is not on this computer. It is downloaded once, from its authors' place, and checked "
            "against a known checksum."
        )
        asked = ("judgments", {"name": name}, f"download of {KNOWN[name]}", True, job_name)
        view.button(
            f"Download {KNOWN[name]}", services().jobs.submit, *asked, icon="download", type="primary"
        )
        st.caption(
            f"Without a network: get {DOWNLOADS[name].what}, and type its path in the field above, or upload the file "
            "of word pairs."
        )


def _upload() -> None:
    turn = st.session_state.setdefault(TURN, 0)
    file = st.file_uploader(
        "Word pairs with scores",
        key=f"judgments upload {turn}",
        max_upload_size=MEGABYTES,
        help="Lines of word1 word2 score by space, tab, comma or semicolon, with or without header; also a table of "
        "the Semantic Priming Project. It stays on this machine.",
    )
    st.caption("One pair a line: `word1 word2 score`. A high score means alike.")
    if file is None:
        return
    try:
        path = keep_file(file.name, file.getvalue())
    except InputError as problem:
        show_problem(str(problem))
        return
    st.session_state[TURN] = turn + 1
    _choose(str(path))
    st.rerun()


def _choose(source: str) -> None:
    view.put(PAIR, ())
    view.put(SPLIT, "")
    view.put(JUDGMENTS, source)


def own_files() -> tuple[Path, ...]:
    """Files that were uploaded earlier, in alphabetical order."""
    try:
        return tuple(sorted(path for path in _folder().glob("*/*") if path.is_file()))
    except OSError:
        return ()


def keep_file(name: str, data: bytes) -> Path:
    """Check an uploaded file by reading it as judgments, and keep it; the same content is kept once.

    Raises:
        InputError: for a file that is too large or holds no judgments, or a folder that cannot be written.
    """
    if len(data) > MEGABYTES * 2**20:
        raise InputError(f"{name} is larger than {MEGABYTES} MB: expected word pairs with scores, as text")
    # Its own name, where every system takes it; MEN's files are known by theirs.
    own = Path(name.replace("\\", "/"))
    safe = file_name(own.stem or "judgments", own.suffix.lstrip(".")).rstrip(".") or "judgments"
    with tempfile.TemporaryDirectory() as trial:
        path = Path(trial) / safe
        path.write_bytes(data)
        load_judgments(path)
    place = _folder() / hashlib.sha256(data).hexdigest()[:12]
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place / f".{secrets.token_hex(4)}"
        beside.write_bytes(data)
        os.replace(beside, place / safe)
    except OSError as error:
        raise InputError(
            f"cannot keep {name} in {place} ({error.strerror}): name a folder that can be written in "
            "EXPERTLENS_LIBRARIES"
        ) from None
    return place / safe


def _folder() -> Path:
    return shelf_directory() / "judgments"
