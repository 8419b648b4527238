"""``domains``: what the domains of a library share, and the graph of its concepts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from . import comparison_options, options
from .progress import ProgressLine, say

if TYPE_CHECKING:
    from ..pipeline.domain_stage import ConceptMap, Domains

GRAPHS = (".html", ".graphml", ".gexf", ".csv", ".svg", ".png")


def domains_command(
    out: Annotated[Path, typer.Option("--out", help="File for the statistics.", metavar="X.json")],
    model: options.Model = DEFAULT_MODEL,
    revision: options.Revision = None,
    concepts: options.Concepts = DEFAULT_LIBRARY,
    names: Annotated[str, typer.Option("--names", help="Concepts; default all.", metavar="A,B")] = "",
    tau: Annotated[float, typer.Option("--tau", help="AP above which a unit is an expert.")] = 0.5,
    permutations: Annotated[
        int, typer.Option("--permutations", help="Random groups per domain behind baseline and p.")
    ] = 1000,
    without_token_only: comparison_options.WithoutTokenOnly = False,
    graph: Annotated[
        Path | None,
        typer.Option(
            "--graph",
            help="Also the graph: .html (offline), .graphml, .gexf, .svg, .png, or .csv (edges, and the nodes in "
            "a second file).",
            metavar="X.html",
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", help="Edges of the graph: Jaccard above this.")
    ] = None,
    top_edges: Annotated[
        int | None, typer.Option("--top-edges", help="Most edges of the graph; default three per concept.")
    ] = None,
    positives: options.Positives = 400,
    negatives: options.Negatives = None,
    pool: options.Pool = "",
    pooling: options.Pooling = "max",
    dtype: options.Dtype = "float32",
    device: options.Device = "auto",
    seed: options.Seed = 0,
) -> None:
    """Measure how much of their experts the concepts of a domain share, against groups across domains.

    Writes per domain and in the mean: percent in domain and with the broader concept, baseline and p; and
    the communities that the similarities alone form, with their adjusted Rand index against the domains.
    """
    from ..errors import InputError
    from ..pipeline.domain_request import DomainRequest
    from ..pipeline.domain_stage import concept_map, domains
    from ..pipeline.request import FindRequest
    from .json_file import write_json

    if graph is not None and graph.suffix.lower() not in GRAPHS:
        raise InputError(f"--graph names {graph}: expected a name that ends in {', '.join(GRAPHS)}")
    request = DomainRequest(
        find=FindRequest(
            model=model, library=concepts, revision=revision, names=options.concept_names(names, concepts),
            positives=positives, negatives=negatives, pool=pool, pooling=pooling, dtype=dtype, device=device,
            seed=seed,
        ),
        tau=tau, layout_tau=tau, draws=permutations, without_token_only=without_token_only, seed=seed,
    )  # fmt: skip
    with ProgressLine() as progress:
        found = domains(request, progress=progress)
        drawn = None if graph is None else concept_map(request, progress=progress)
    write_json(out, _content(found, request.to_json()))
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


def _content(found: Domains, request: dict[str, Any]) -> dict[str, Any]:
    from dataclasses import asdict

    from ..analysis.published import TABLE_2

    statistics = asdict(found.statistics)
    return {
        **statistics,
        "communities": found.communities,
        "adjusted_rand_index": found.ari,
        "same_domain_auroc": found.auroc,
        "paper_table_2": [asdict(row) for row in TABLE_2],
        "request": request,
        "about": found.about,
    }


def _write_graph(path: Path, drawn: ConceptMap, threshold: float | None, edges: int | None) -> list[Path]:
    """Write the graph in the format of the name's ending."""
    from .. import figures
    from ..concepts.formats.whole_file import write_whole_file

    graph, places, kind = (
        drawn.graph(threshold=threshold, top_edges=edges),
        drawn.positions,
        path.suffix.lower(),
    )
    title = f"Concepts of {drawn.about['library']} in {drawn.about['model']}"
    lines = figures.caption(drawn.about, tau=drawn.matrix.tau, note="edge: Jaccard of expert sets")
    if kind == ".csv":
        nodes = path.with_name(f"{path.stem}-nodes.csv")
        write_whole_file(path, figures.edge_table(graph).to_csv(index=False).encode())
        write_whole_file(nodes, figures.node_table(graph, places).to_csv(index=False).encode())
        return [path, nodes]
    if kind == ".html":
        content = figures.concept_graph_page(graph, places, title=title, caption=" · ".join(lines)).encode()
    elif kind == ".graphml":
        content = figures.graphml(graph, places)
    elif kind == ".gexf":
        content = figures.gexf(graph, places)
    else:
        chart = figures.concept_graph_chart(graph, places)
        form = "svg" if kind == ".svg" else "png"
        content = figures.picture(chart, form, title=title, lines=lines)  # type: ignore[arg-type]
    write_whole_file(path, content)
    return [path]
