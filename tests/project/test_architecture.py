"""The few rules of structure that matter, checked on the source itself."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "expertlens_core"
LEVELS = {
    "concepts": 0,
    "models": 0,
    "experts": 1,
    "analysis": 2,
    "steering": 2,
    "figures": 2,
    "writers": 2,
    "pipeline": 3,
}
ARRAYS = {"concepts", "experts", "analysis", "figures"}
HOOKS = ("register_forward_hook", "register_forward_pre_hook", "register_module_forward_hook")
PICKLES = ("import pickle", "torch.load(", "allow_pickle=True", "trust_remote_code=True", "joblib")
DOORS = {
    *("cli/output.py", "notebook.py", "pages/shared/services.py", "run.py", "sweep/worker.py"),
    *("pipeline/shipping.py", "pipeline/shipped_parts.py"),
}


def sources():
    return sorted(CORE.rglob("*.py"))


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    """Absolute names of the modules that a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    package = list(path.relative_to(ROOT).with_suffix("").parts)[:-1]
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            found |= {name, *(f"{name}.{alias.name}" for alias in node.names)}
    return found


def uses(path: Path, package: str) -> bool:
    return any(name == package or name.startswith(package + ".") for name in imports(path))


def pages(under: str = "") -> list[Path]:
    return sorted((ROOT / "pages" / under).rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix().removeprefix("expertlens_core/")


def holds(path: Path, words: tuple[str, ...]) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(word in text for word in words)


def makes_runs(path: Path) -> bool:
    calls = (
        node.func
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )
    return any(isinstance(called, ast.Name) and called.id == "Run" for called in calls)


RULES = {
    "the core never imports streamlit": (sources(), lambda path: uses(path, "streamlit"), set()),
    "arrays and statistics do not import torch": (
        [path for path in sources() if place(path).split("/")[0] in ARRAYS],
        lambda path: uses(path, "torch"),
        {"experts/device_statistics.py"},
    ),
    "one module registers hooks": (sources(), lambda path: holds(path, HOOKS), {"models/hooks.py"}),
    "only artefacts use the cache's library": (
        [path for path in sources() if not place(path).startswith("artefacts")],
        lambda path: uses(path, "diskcache"),
        set(),
    ),
    "nothing unpickles": ([*sources(), *pages()], lambda path: holds(path, PICKLES), set()),
    "what pages share imports no part of a page": (
        pages("shared"),
        lambda path: uses(path, "pages.parts"),
        set(),
    ),
    # The story's `Run` is its own.
    "runs are made at the doors": ([*sources(), *pages()], makes_runs, DOORS | {"pages/parts/story/live.py"}),
}


@pytest.mark.parametrize("rule", RULES)
def test_only_those_do_it_who_may(rule):
    files, does, allowed = RULES[rule]
    found = {place(path) for path in files if does(path)}
    assert found <= allowed
    assert bool(found) == bool(allowed), "the rule still sees what it is about"


def test_rooms_depend_in_one_direction():
    guilty = []
    for path in sources():
        room = path.relative_to(CORE).parts[0]
        if room not in LEVELS:
            continue
        for name in imports(path, top_level_only=True):
            parts = name.split(".")
            if parts[0] == "expertlens_core" and len(parts) > 1:
                other = parts[1]
                if other in LEVELS and other != room and LEVELS[other] > LEVELS[room]:
                    guilty.append((path.relative_to(CORE).as_posix(), name))
    assert guilty == []


KERNELS = {"kernels"}
ANALYSIS = ", ".join(
    f"expertlens_core.analysis.{path.stem}"
    for path in sorted((CORE / "analysis").glob("[a-z]*.py"))
    if path.stem not in KERNELS
)


@pytest.mark.parametrize(("script", "heavy"), [
    ("import expertlens_core", "torch"),
    ("import expertlens_core.cli", "torch"),
    ("import expertlens_core.pipeline", "torch"),
    (f"import {ANALYSIS}", "torch numba statsmodels pooch networkx"),
    ("from expertlens_core import experts as e, steering as s; [getattr(r, n) for r in (e, s) for n in r.__all__]",
     "torch numba scipy pandas"),
    ("import expertlens_core.models.availability; from expertlens_core.models.catalogue import catalogue; catalogue()",
     "torch transformers huggingface_hub"),
])  # fmt: skip
def test_what_is_light_loads_nothing_heavy(script, heavy, python):
    done = python(f"import sys; {script}; print(sorted({set(heavy.split())} & set(sys.modules)))")
    assert done.stdout == "[]\n", done.stderr


def test_there_is_no_import_cycle():
    """Over what modules import as they are loaded, pages and core together."""
    import networkx as nx

    files = [*sources(), *pages()]
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in files
    }
    graph = nx.DiGraph()
    for name, path in names.items():
        others = (other for other in imports(path, top_level_only=True) if other in names)
        graph.add_edges_from((name, other) for other in others if not name.startswith(f"{other}."))
    assert [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1] == []
