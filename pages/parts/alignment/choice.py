"""Which judgments: built in, well known, or a file of one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from expertlens_core.analysis.judgment_source import DOWNLOADS
from expertlens_core.errors import InputError
from expertlens_core.figures import printable
from pages.parts.alignment.files import MEGABYTES, is_downloaded, keep_file, own_files
from pages.shared import view
from pages.shared.choices.alignment import CONCEPTS, JUDGMENTS, KNOWN, PAIR, SPLIT, SPLITS
from pages.shared.jobs import job_id
from pages.shared.loading import load_library
from pages.shared.plain import show_problem
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.view import bound
from pages.shared.waiting import follow

TURN = "judgments turn"
SPP_HELP = (
    "SPP is not downloaded, because no checksum of it is known: get the table of the Semantic Priming Project "
    "(Hutchison and others 2013) with the columns target, prime, unrelated and association, and upload it below or "
    "type its path above."
)


def draw_choice() -> tuple[str, str] | None:
    """The choice of judgments and split.

    Returns:
        What `AlignRequest` takes; None where they are still to be had, which is then explained.
    """
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
        format_func=_name,
        accept_new_options=True,
        help="How alike people find pairs of words. Choose judgments, or type the path of a file of word pairs "
        "(word1 word2 score, by space, tab or comma) or of MEN's folder.",
        **view.show(JUDGMENTS.name, current, _take),
    )
    split = _split(middle[0], splits) if splits else ""
    with right, st.popover("Your own file", icon=":material/upload:", width="stretch"):
        _upload()
    if current == "spp":
        st.info(SPP_HELP, icon=":material/download:")
        return None
    if current in DOWNLOADS and not is_downloaded(current):
        _offer_download(current)
        return None
    return current, split


def draw_concepts(chosen: Selection, source: str) -> Selection:
    """The built-in judgments have concepts of their own, `men`; the chosen library is the other choice.

    Returns:
        The selection, with the library to compare.
    """
    if source != "men-in-the-box" or chosen.library_name == "men":
        return chosen
    men = load_library("men")
    names = {
        "": f"men: the {len(men)} words of these pairs",
        "library": f"{printable(chosen.library.name)}: the library at the left",
    }
    st.segmented_control(
        "Concepts",
        list(names),
        required=True,
        format_func=names.__getitem__,
        help="The library men has sentences for every word of these pairs. Another library is compared on the pairs "
        "of words that it has.",
        **bound(CONCEPTS),
    )
    return chosen if view.get(CONCEPTS) else replace(chosen, library=men, library_name="men")


def _split(place: st.delta_generator.DeltaGenerator, options: dict[str, str]) -> str:
    """The official split."""
    split: str = view.get(SPLIT)
    if split not in options:
        split = ""
    place.segmented_control(
        "Split",
        list(options),
        required=True,
        format_func=options.__getitem__,
        help="MEN's authors split it into 2,000 pairs to develop on and 1,000 to test on; the paper reports the test "
        "split." if "train" in options else "Pairs rated for similarity, or for relatedness of any kind.",
        **view.show(SPLIT.name, split, lambda taken: view.put(SPLIT, taken or "")),
    )  # fmt: skip
    return split


def _offer_download(name: str) -> None:
    download = DOWNLOADS[name]
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
        st.button(
            f"Download {KNOWN[name]}",
            type="primary",
            icon=":material/download:",
            on_click=_download,
            args=(name, job_name),
        )
        st.caption(
            f"Without a network: get {download.what}, and type its path in the field above, or upload the file of "
            "word pairs."
        )


def _download(name: str, job_name: str) -> None:
    services().jobs.submit("judgments", {"name": name}, f"download of {KNOWN[name]}", True, job_name)


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


def _take(typed: str | None) -> None:
    _choose((typed or JUDGMENTS.default).strip())


def _choose(source: str) -> None:
    view.put(PAIR, ())
    view.put(SPLIT, "")
    view.put(JUDGMENTS, source)


def _name(source: str) -> str:
    return KNOWN.get(source) or Path(source).name or source
