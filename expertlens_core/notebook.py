"""The notebook's door: a library in a model, with results as tables and figures that show themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .concepts import Library, load_library
from .concepts.shelf import own_library_path
from .errors import InputError
from .experts import expert_set
from .experts.threshold_counts import threshold_counts
from .files import user_path
from .pipeline.finding.find import Found, find
from .pipeline.finding.model_record import ModelRecord, known_record, load_for
from .pipeline.finding.plan import choose_concepts
from .pipeline.finding.request import FindRequest
from .pipeline.meaning.alignment import AlignRequest, align_judgments
from .pipeline.meaning.domains import DomainRequest, concept_map, domains
from .pipeline.meaning.similarity import SimilarityRequest, similarity
from .pipeline.writing.calibrate import CalibrateRequest, Calibration, calibrate_concept
from .pipeline.writing.intervening import changes
from .pipeline.writing.request import SteerRequest
from .pipeline.writing.steer import steer
from .run import Run

if TYPE_CHECKING:
    import pandas as pd

    from .figures import Figure
    from .models.language_model import LanguageModel
    from .steering.intervention import Intervention

MOST_PANELS = 6
"""Concepts whose layers are drawn one below the other; more are rows of one picture."""
PATIENCE = 1.0
"""Seconds of work before a progress bar appears."""


class Study:
    """The concepts of a library in a model. Whatever is asked is computed once and kept on the disk.

    A stop by Ctrl-C keeps what is finished; the same call goes on from there.

    Args:
        library: a built-in name, a folder, a file, or a `Library`.
        model: ``smollm2``, a hub id, a local folder, a GGUF file, or a loaded model.
        run: what is at hand; default the cache of this computer.
        recipe: further fields of `FindRequest`, such as ``positives=100``.

    Raises InputError for a library or a recipe that cannot be.
    """

    def __init__(
        self,
        library: str | Path | Library,
        model: str | LanguageModel = "smollm2",
        run: Run | None = None,
        **recipe: Any,
    ) -> None:
        if not isinstance(library, str | Path | Library):
            raise InputError(
                f"library: expected a built-in name, a path or an el.Library, not a {type(library).__name__}"
            )
        self.library = library if isinstance(library, Library) else load_library(library)
        loaded = None if isinstance(model, str) else model
        name = model if isinstance(model, str) else model.name
        at = str(library) if isinstance(library, str | Path) else _place_of(library)
        self.request = FindRequest(model=name, library=at, **recipe)
        self._run = (run or Run()).at_hand(library=self.library, model=loaded)

    def find(self, *names: str) -> list[Found]:
        """The results of some concepts (none: all), with the expertise of every unit.

        Raises InputError for a concept that is not there, or an unusable model.
        """
        for name in names:
            if not isinstance(name, str):
                raise InputError(
                    f"concepts: expected names one by one, not a {type(name).__name__}: 'cat', 'dog'"
                )
        wanted = tuple(concept.key for concept in choose_concepts(self.library, names))
        with self._progress() as run:
            return list(find(replace(self.request, names=wanted if names else ()), run))

    def experts(self, *names: str, tau: float = 0.5) -> pd.DataFrame:
        """One row per expert of each concept, the best first: ``concept, unit, layer, kind, AP, AUROC, ...``."""
        import pandas as pd

        from .figures import expert_table

        tables = []
        for found in self.find(*names):
            table = expert_table(found.expertise, expert_set(found.expertise, tau).unit_ids)
            table.insert(0, "concept", found.concept.key)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def layers(self, *names: str, tau: float = 0.5) -> Figure:
        """Experts of some concepts (none: all) by layer and kind."""
        from . import figures

        found = self.find(*names)
        ap = np.stack([each.expertise.ap for each in found])
        keys = tuple(each.concept.key for each in found)
        places = threshold_counts(ap, keys, found[0].expertise.units).places(tau)
        table = figures.concept_table(places, keys)
        if len(found) > MOST_PANELS:
            domains = {concept.key: concept.domain for concept in self.library}
            chart: Any = figures.overview_chart(places, domains)
        else:
            chart = figures.layer_chart(table) if len(found) == 1 else figures.concept_panels(table)
        title = f"Experts of {', '.join(keys[:6])}{' ...' * (len(keys) > 6)} by layer"
        return figures.Figure(chart, table, title, lines=figures.caption(found[0].about, tau=tau))

    def similarity(self, measure: str = "jaccard", tau: float = 0.5) -> pd.DataFrame:
        """One row and one column per concept."""
        import pandas as pd

        asked = SimilarityRequest(self.request, measures=(measure,), taus=(tau,))  # type: ignore[arg-type]
        with self._progress() as run:
            (matrix,) = similarity(asked, run).matrices
        return pd.DataFrame(matrix.values, index=list(matrix.concepts), columns=list(matrix.concepts))

    def concept_map(self, tau: float = 0.5, top_edges: int | None = None) -> Figure:
        """The graph of the concepts that share most experts (default: three edges per concept)."""
        from . import figures

        with self._progress() as run:
            drawn = concept_map(DomainRequest(self.request, tau=tau), run)
        graph = drawn.graph(top_edges=top_edges or 3 * len(drawn.matrix.concepts))
        chart = figures.concept_graph_chart(graph, drawn.positions)
        title = f"Concepts of {self.library.name} by shared experts"
        return figures.Figure(
            chart, figures.edge_table(graph), title, lines=figures.caption(drawn.about, tau=tau)
        )

    def domains(self, tau: float = 0.5, draws: int = 1000) -> pd.DataFrame:
        """One row per domain and one for the mean: percent of experts shared, baseline of random groups, p."""
        import pandas as pd

        with self._progress() as run:
            found = domains(DomainRequest(self.request, tau=tau, draws=draws), run).statistics
        rows = [asdict(row) for row in (*found.rows, found.mean)]
        return pd.json_normalize(rows)

    def alignment(self, judgments: str = "men-in-the-box", **options: Any) -> Figure:
        """Agreement with human judgments of every measure and baseline; `options` are fields of `AlignRequest`."""
        from . import figures

        with self._progress() as run:
            found = align_judgments(AlignRequest(self.request, judgments, **options), run)
        frame = figures.alignment_frame({"experts": found.measures, "baseline": found.baselines})
        ceiling = found.ceiling.mean_rho if found.ceiling else None
        chart = figures.alignment_chart(frame, ceiling=ceiling)
        return figures.Figure(
            chart, frame, f"Agreement with {found.table.judgments}", lines=figures.caption(found.about)
        )

    def calibrate(self, concept: str) -> Calibration:
        """The dose that a concept is steered with, found by writing (a minute or more)."""
        with self._progress() as run:
            return calibrate_concept(CalibrateRequest(self.request, concept), run)

    def steer(self, concept: str, prompt: str = "Once upon a time", **options: Any) -> pd.DataFrame:
        """One row per text, original and steered: ``kind, strength, sample, text, ...``.

        `options` are further fields of `SteerRequest`, such as ``samples=3, control="random"``.
        """
        import pandas as pd

        asked = SteerRequest(self.request, concept, prompt=prompt, **options)
        with self._progress() as run:
            *_, texts = steer(asked, run)
        return pd.DataFrame([asdict(text) for text in texts])

    def intervention(self, concept: str, **options: Any) -> Intervention:
        """What steering towards a concept does to the units, for `steered`: ``with el.steered(model, ...): ...``.

        `options` are fields of `SteerRequest`, such as ``rule="damp", experts=200``.
        """
        with self._progress() as run:
            (_, change), *_ = changes(SteerRequest(self.request, concept, **options), self.library, run)
        return change.intervention

    @cached_property
    def units(self) -> pd.DataFrame:
        """One row per module of the model: ``path, layer, kind, width, ...``."""
        import pandas as pd

        record = known_record(self.request, self._run.artefacts)
        if record is None or self._run.model is not None:
            record = ModelRecord.of(load_for(self.request, self._run))
        return pd.DataFrame([asdict(module) for module in record.units.modules])

    @contextmanager
    def _progress(self) -> Iterator[Run]:
        """A run with a progress bar, which appears where the work takes over a second."""
        from tqdm.auto import tqdm

        with tqdm(delay=PATIENCE, leave=False) as bar:

            def step(done: int, total: int, what: str) -> None:
                bar.total = total or None
                bar.set_description_str(what, refresh=False)
                bar.update(done - bar.n)

            try:
                yield self._run.at_hand(progress=step)
            except KeyboardInterrupt:
                bar.write("stopped; what was finished is kept, the same call goes on from there")
                raise


def _place_of(library: Library) -> str:
    """What a request calls a library in memory: its name, unless another library goes by that name here."""
    try:
        alike = load_library(library.name) == library
    except InputError:
        alike = not user_path(library.name).exists() and own_library_path(library.name) is None
    return library.name if alike else f"{library.name} in memory"
