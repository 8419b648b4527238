"""Accuracy beside agreement: files of results of lm-evaluation-harness, checked by reading them."""

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.accuracy_file import Accuracy, read_accuracy
from expertlens_core.analysis.accuracy_match import Matched, match_accuracy
from expertlens_core.analysis.checkpoint_series import CheckpointSeries
from expertlens_core.errors import InputError
from pages.parts.checkpoints.panels import show_panels
from pages.shared import view
from pages.shared.plain import plain, show_problem
from pages.shared.show import number_columns, table_download

KEPT, TURN = "accuracy files", "accuracy turn"
MEGABYTES = 16
"""Of a file: one of MMLU with its settings has about 1."""


def draw_accuracy(made: CheckpointSeries) -> None:
    files = _files()
    matched, said = match_accuracy(made.results, files)
    for each in said:
        st.warning(plain(each), icon=":material/link_off:")
    if not matched:
        st.info(
            "Upload the files that lm-evaluation-harness has written for these checkpoints (`results_*.json`). They "
            "are matched by the model, revision or folder that they name.",
            icon=":material/upload:",
        )
        return
    tau = made.taus[0]
    notes = (
        "Accuracy: mean over the tasks of a file, each with the same weight (a group such as MMLU is one task), with "
        f"one standard error. Below it: rho with people, Jaccard at tau {tau:g}, with its 95 % interval.",
    )
    show_panels(figures.accuracy_figure(made, matched, tau), *notes, key="accuracy over steps")
    table = task_table(matched)
    with st.expander("All tasks", icon=":material/table:"):
        columns = number_columns({"accuracy": "%.3f", "standard error": "%.3f"})
        st.dataframe(table, hide_index=True, column_config=columns)
        table_download(table, "accuracy of the checkpoints", key="tasks")


def task_table(matched: tuple[Matched, ...]) -> pd.DataFrame:
    """One row per checkpoint and task."""
    rows = [
        (each.checkpoint, task.task, task.metric, task.value, task.error, task.parts, each.accuracy.file)
        for each in matched
        for task in each.accuracy.tasks
    ]
    columns = ["checkpoint", "task", "measure", "accuracy", "standard error", "parts", "file"]
    return pd.DataFrame(rows, columns=columns)


def _files() -> list[Accuracy]:
    """The visit's files; those just uploaded are read, and a bad one is told in a sentence."""
    kept: dict[str, Accuracy] = st.session_state.setdefault(KEPT, {})
    turn = st.session_state.setdefault(TURN, 0)
    uploaded = st.file_uploader(
        "Results of lm-evaluation-harness",
        accept_multiple_files=True,
        key=f"accuracy upload {turn}",
        max_upload_size=MEGABYTES,
        help="Files such as results_2026-11-29T20-30-00.json. They stay on this machine, for this visit.",
    )
    for file in uploaded or ():
        try:
            if file.size > MEGABYTES * 2**20:
                raise InputError(f"{file.name} is larger than {MEGABYTES} MB: expected a results_*.json")
            kept[file.file_id] = read_accuracy(file.getvalue(), file.name)
        except InputError as problem:
            show_problem(str(problem))
    if kept:
        view.button(
            f"Forget {len(kept)} file{'s' * (len(kept) > 1)}", _forget, icon="delete", type="tertiary"
        )
    return list(kept.values())


def _forget() -> None:
    st.session_state[KEPT] = {}
    st.session_state[TURN] += 1
