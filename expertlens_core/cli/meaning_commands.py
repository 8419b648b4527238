"""``similarity``, ``align``, ``domains`` and plain results: what each asks for beside its request, what it writes."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..analysis.judgment_table import read_table
from ..analysis.published import TABLE_2
from ..analysis.spp import is_spp
from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from ..pipeline.meaning.alignment import Aligned, AlignRequest, align_judgments
from ..pipeline.meaning.domains import ConceptMap, DomainRequest, concept_map, domains
from ..pipeline.meaning.priming import priming
from ..pipeline.meaning.similarity import SimilarityRequest, similarity
from ..request import Request
from ..stages import Stage
from .options import takes
from .output import ProgressLine, say, write_json

JSON = ("X.json", "File for the result.")
DISAGREEMENTS = 20
GRAPH = "Also the graph: .html (offline), .graphml, .gexf, .svg, .png, or .csv (edges, and the nodes in a second file)."
GRAPHS = (".html", ".graphml", ".gexf", ".csv", ".svg", ".png")


def result_command(name: str, stage: Stage) -> Callable[..., None]:
    """The command of a stage that writes its result and nothing else."""

    @takes(stage.request, out=JSON)
    def command(asked: Request, out: Path) -> None:
        with ProgressLine() as line:
            result = stage.function(asked, line.run())
        write_json(out, {"result": result, "request": asked.to_json()})
        say(f"{name} written to {out}")

    command.__doc__ = f"{(stage.function.__doc__ or name).splitlines()[0]}\n\nWrites the result as JSON."
    return command


@takes(
    SimilarityRequest,
    leave=("measures", "taus", "kind", "layer"),
    out=("X.csv", "File for the table."),
    measure=("NAME", "jaccard, cosine, cosine-adjusted, cosine-prevalence or kl."),
    tau="AP above which a unit is an expert (jaccard).",
)
def similarity_command(
    asked: SimilarityRequest, out: Path, measure: str = "jaccard", tau: float = 0.5
) -> None:
    """Compare all concepts of a library by their experts; experts that are not cached are found first.

    Writes one row and one column per concept.
    """
    import pandas as pd

    wanted = replace(asked, measures=(measure,), taus=(tau,))  # type: ignore[arg-type]
    with ProgressLine() as line:
        (matrix,) = similarity(wanted, line.run()).matrices
    table = pd.DataFrame(matrix.values, columns=list(matrix.concepts))
    table.insert(0, "concept", matrix.concepts, allow_duplicates=True)
    write_whole_file(out, table.to_csv(index=False).encode("utf-8", "surrogatepass"))
    empty = f", {matrix.empty_unions:,} pairs without an expert" if matrix.empty_unions else ""
    say(f"{matrix.label} of {len(matrix.concepts)} concepts written to {out}{empty}")


@takes(AlignRequest, out=JSON)
def align_command(asked: AlignRequest, out: Path) -> None:
    """Compare similarities of concepts with what people say, beside baselines that need no experts.

    Writes per measure and tau {rho, ci_low, ci_high, p, pairs, pairs_missing}, and every baseline.
    """
    with ProgressLine() as line:
        found = align_judgments(asked, line.run())
        told = _priming(asked, found, line)
    table = found.table
    content = {
        "judgments": table.judgments,
        "split": table.split,
        "pairs": len(table.human),
        "pairs_missing": found.measures[0].pairs_missing,
        **{
            name: [asdict(row) for row in getattr(found, name)]
            for name in ("measures", "baselines", "kinds", "layers", "comparisons")
        },
        "human_ceiling": None if found.ceiling is None else asdict(found.ceiling),
        "disagreements": [asdict(pair) for pair in table.disagreements(found.main, DISAGREEMENTS)],
        "missing_words": [{"word": word, "pairs": pairs} for word, pairs in table.missing],
        "ambiguous_words": list(table.ambiguous),
        "notes": list(found.notes),
        "about": found.about,
    }
    write_json(out, content | told)
    main = found.measures[0]
    say(
        f"{main.label}: rho {main.rho:.3f} ({main.ci_low:.3f} to {main.ci_high:.3f}) over {main.pairs:,} pairs, "
        f"{main.pairs_missing:,} left out for {len(table.missing):,} missing words; written to {out}"
    )


def _priming(asked: AlignRequest, found: Aligned, line: ProgressLine) -> dict[str, Any]:
    """Bars by bin and fixed effects, where the judgments are a table of the Semantic Priming Project."""
    path = Path(asked.judgments).expanduser()
    if found.table.judgments != path.stem or not path.is_file() or not is_spp(read_table(path)):
        return {}
    try:
        shown = priming([asked], line.run())
    except InputError as error:
        return {"priming": None, "priming_note": str(error)}
    return {
        "priming": {
            "targets": len(shown.targets),
            "targets_left_out": shown.targets_left_out,
            "bars": [asdict(bar) for bar in shown.bars[0]],
            "mixed_model": None if shown.mixed is None else asdict(shown.mixed),
        },
        "priming_note": shown.why_not,
    }


@takes(
    DomainRequest,
    renamed={"draws": "permutations"},
    leave=("layout_tau",),
    out=JSON,
    graph=("X.html", GRAPH),
    threshold="Edges of the graph: Jaccard above this.",
    top_edges="Most edges of the graph; default three per concept.",
)
def domains_command(
    asked: DomainRequest,
    out: Path,
    graph: Path | None = None,
    threshold: float | None = None,
    top_edges: int | None = None,
) -> None:
    """Measure how much of their experts the concepts of a domain share, against groups across domains.

    Writes per domain and in the mean: percent in domain and with the broader concept, baseline and p; and the
    communities that the similarities alone form, with their adjusted Rand index against the domains.
    """
    if graph is not None and graph.suffix.lower() not in GRAPHS:
        raise InputError(f"--graph names {graph}: expected a name that ends in {', '.join(GRAPHS)}")
    asked = replace(asked, layout_tau=asked.tau)
    with ProgressLine() as line:
        found = domains(asked, line.run())
        drawn = None if graph is None else concept_map(asked, line.run())
    content = {
        **asdict(found.statistics),
        "communities": found.communities,
        "adjusted_rand_index": found.ari,
        "same_domain_auroc": found.auroc,
        "paper_table_2": [asdict(row) for row in TABLE_2],
        "request": asked.to_json(),
        "about": found.about,
    }
    write_json(out, content)
    rows = found.statistics.rows
    significant = sum(row.in_domain.p < 0.01 for row in rows)
    say(
        f"{significant} of {len(rows)} domains share more than random groups (p < 0.01), adjusted Rand index "
        f"{found.ari:.2f}; written to {out}"
    )
    if graph is not None and drawn is not None:
        edges = 3 * len(drawn.matrix.concepts) if top_edges is None and threshold is None else top_edges
        for path in _write_graph(graph, drawn, threshold, edges):
            say(f"graph written to {path}")


def _write_graph(path: Path, drawn: ConceptMap, threshold: float | None, edges: int | None) -> list[Path]:
    """Write the graph in the format of the name's ending."""
    from .. import figures

    graph, places = drawn.graph(threshold=threshold, top_edges=edges), drawn.positions
    title = f"Concepts of {drawn.about['library']} in {drawn.about['model']}"
    lines = figures.caption(drawn.about, tau=drawn.matrix.tau, note="edge: Jaccard of expert sets")
    kind = path.suffix.lower()
    if kind == ".csv":
        nodes = path.with_name(f"{path.stem}-nodes.csv")
        write_whole_file(path, figures.edge_table(graph).to_csv(index=False).encode())
        write_whole_file(nodes, figures.node_table(graph, places).to_csv(index=False).encode())
        return [path, nodes]
    if kind == ".html":
        content = figures.concept_graph_page(graph, places, title=title, caption=" · ".join(lines)).encode()
    elif kind in (".graphml", ".gexf"):
        content = (figures.graphml if kind == ".graphml" else figures.gexf)(graph, places)
    else:
        chart = figures.concept_graph_chart(graph, places)
        content = figures.picture(chart, kind[1:], title=title, lines=lines)  # type: ignore[arg-type]
    write_whole_file(path, content)
    return [path]
