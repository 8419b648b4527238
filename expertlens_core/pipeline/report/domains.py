"""Domains: how much of their experts related concepts share, and the graph of all concepts."""

from __future__ import annotations

import pandas as pd

from ... import figures
from ...analysis.domain_statistics import DomainRow
from ...analysis.published import TABLE_2
from ...figures import Figure
from ...figures.bar_charts import SIGNIFICANT
from ..meaning.domains import ConceptMap, DomainRequest, Domains
from ..meaning.domains import concept_map as map_of
from ..meaning.domains import domains as domains_of
from .section import Block, Number, Section, Table, shown
from .subject import Subject

EDGES = 3
"""Edges of the graph per concept, on average."""
_LAST = 143_000


def domains(subject: Subject) -> Section:
    """The domain statistics beside random groups and the paper's table 2.

    Raises InputError where no concept has a result, or the library has no domain of two concepts.
    """
    request = _request(subject)
    found = domains_of(request, subject.run)
    mean, rows = found.statistics.mean, found.statistics.rows
    significant = sum(row.in_domain.p < SIGNIFICANT for row in rows)
    last = [row for row in TABLE_2 if row.step == _LAST]
    inside = ", ".join(
        f"{row.in_domain:.2f} ({row.model}; random {row.in_domain_baseline:.2f})" for row in last
    )
    broader = ", ".join(
        f"{row.with_broader:.1f} ({row.model}; random {row.with_broader_baseline:.2f})" for row in last
    )
    empty = f"empty cores as 0: {shown(mean.with_broader_zero.percent, 1)} %"
    chance, of_core = "too few domains for random groups", empty
    if mean.in_domain.draws:
        chance = f"random groups {shown(mean.in_domain.baseline)} %, p {shown(mean.in_domain.p, 4)}"
        of_core = f"random groups {shown(mean.with_broader.baseline)} %; {empty}"
    broad = shown(mean.with_broader.percent, 1, unit=" %")
    numbers = [
        Number(
            "Experts that a whole domain shares", shown(mean.in_domain.percent, unit=" %"), chance, inside
        ),
        Number("Of these also in the broader concept", broad, of_core, broader),
    ]
    if mean.in_domain.draws:
        named = f"Domains that share more than random groups (p < {SIGNIFICANT:g})"
        numbers.append(Number(named, f"{significant} of {len(rows)}"))
    draws = f"{mean.in_domain.draws:,} random groups a domain, seed {request.seed}" * bool(
        mean.in_domain.draws
    )
    lines = subject.lines(tau=request.tau, note=draws)
    blocks: tuple[Block, ...] = (
        figures.domain_figure(found.statistics, lines),
        _table(found),
        *_notes(found),
    )
    return Section("domains", tuple(numbers), blocks, lines, subject.about)


def concept_map(subject: Subject) -> Section:
    """The graph of the concepts by the overlap of their experts, and how well it knows the domains.

    Raises InputError as `domains`.
    """
    request = _request(subject)
    drawn, found = map_of(request, subject.run), domains_of(request, subject.run)
    edges = EDGES * len(drawn.matrix.concepts)
    graph = drawn.graph(top_edges=edges)
    lines = subject.lines(
        tau=request.tau, note=f"edges: Jaccard of expert sets, the {edges} most alike pairs"
    )
    chart = figures.concept_graph_chart(graph, drawn.positions)
    said = f"{graph.number_of_nodes()} concepts as nodes, coloured by domain; edges as wide as their overlap."
    picture = Figure(
        chart, figures.edge_table(graph), "Which concepts share experts", said, "concept map", lines
    )
    numbers = (
        Number(
            "Communities of the overlaps against the domains",
            shown(found.ari),
            "adjusted Rand index; 0 is chance",
        ),
        Number("Pair of one domain or of two", shown(found.auroc, 3), "AUROC of the overlap; 0.5 is chance"),
    )
    told = (
        "A node is a concept, a diamond a broader one, an edge one of the pairs most alike; places depend on the "
        "overlaps alone, not on the domains. The paper shows such graphs as figures 4, 14 and 15, without numbers."
    )
    heat = figures.heatmap_chart(drawn.matrix)
    title = "The same as a heatmap, alike concepts side by side"
    map_ = Figure(heat, lambda: _pairs(drawn), title, "Overlap of every pair of concepts.", "heatmap", lines)
    return Section("map", numbers, (told, picture, map_), lines)


def _request(subject: Subject) -> DomainRequest:
    return DomainRequest(find=subject.asked.find, tau=subject.asked.tau)


def _pairs(drawn: ConceptMap) -> pd.DataFrame:
    matrix = drawn.matrix
    table = pd.DataFrame(matrix.values, columns=list(matrix.concepts))
    table.insert(0, "concept", matrix.concepts, allow_duplicates=True)
    return table


def _table(found: Domains) -> Table:
    def line(name: str, row: DomainRow) -> tuple[str, ...]:
        inside, broader = row.in_domain, row.with_broader
        return (
            name, f"{row.core:,} of {row.union:,}", shown(inside.percent), shown(inside.baseline),
            shown(inside.p, 4), shown(broader.percent, 1), shown(broader.baseline),
        )  # fmt: skip

    statistics = found.statistics
    head = ("domain", "units", "in domain, %", "random groups, %", "p", "with broader, %", "random groups, %")
    rows = (*(line(row.name, row) for row in statistics.rows), line("mean", statistics.mean))
    paper = tuple(
        (
            f"{row.model}, step {row.step:,}", "", f"{row.in_domain:.2f}", f"{row.in_domain_baseline:.2f}",
            "", f"{row.with_broader:.1f}", f"{row.with_broader_baseline:.2f}",
        )
        for row in TABLE_2
        if row.step in (1, _LAST)
    )  # fmt: skip
    note = (
        "In domain: experts that all specific concepts share / experts of any of them. With broader: the part of these "
        "that the broader concept has too. The paper's rows are means over ten domains at tau 0.5, with 400 + 1,000 "
        "sentences a concept: other models and sentences, so an order of magnitude rather than a target."
    )
    return Table("Each domain, beside the paper's table 2", head, rows, paper, note, mean=True)


def _notes(found: Domains) -> tuple[str, ...]:
    said, statistics = [], found.statistics
    if not statistics.mean.in_domain.draws:
        said.append("There are too few domains for random groups, so there is no baseline and no p.")
    if statistics.empty_cores:
        said.append(
            f"{statistics.empty_cores} of {len(statistics.rows)} domains share no unit; with broader is undefined "
            "there, and left out of its mean."
        )
    if statistics.left_out:
        said.append(f"Left out, with fewer than two concepts found: {', '.join(statistics.left_out)}.")
    if found.missing:
        said.append(f"{len(found.missing):,} concepts have no result yet and are left out.")
    return tuple(said)
