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
    "pipeline": 3,
}
TORCH_ROOMS = {"models", "steering"}
TORCH_FILES = {"experts/device_statistics.py"}


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


def test_the_core_never_imports_streamlit():
    assert [str(path) for path in sources() if uses(path, "streamlit")] == []


def test_arrays_and_statistics_do_not_import_torch():
    guilty = []
    for path in sources():
        place = path.relative_to(CORE).as_posix()
        room = place.split("/")[0]
        if (
            room in {"concepts", "experts", "analysis", "figures"}
            and place not in TORCH_FILES
            and uses(path, "torch")
        ):
            guilty.append(place)
    assert guilty == []


def test_only_one_module_registers_hooks():
    calls = ("register_forward_hook", "register_forward_pre_hook", "register_module_forward_hook")
    guilty = {
        path.relative_to(CORE).as_posix()
        for path in sources()
        if any(call in path.read_text(encoding="utf-8") for call in calls)
    }
    assert guilty == {"models/hooks.py"}


def test_only_artefacts_use_the_cache_libraries():
    guilty = [
        path.relative_to(CORE).as_posix()
        for path in sources()
        if uses(path, "diskcache") and not path.relative_to(CORE).as_posix().startswith("artefacts")
    ]
    assert guilty == []


def test_nothing_unpickles():
    words = ("import pickle", "torch.load(", "allow_pickle=True", "trust_remote_code=True", "joblib")
    guilty = [
        (path.relative_to(ROOT).as_posix(), word)
        for path in [*sources(), *ROOT.glob("pages/**/*.py")]
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert guilty == []


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


KERNELS = {"popcount", "bootstrap_kernel"}
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

    files = [*sources(), *(ROOT / "pages").rglob("*.py")]
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in files
    }
    graph = nx.DiGraph()
    for name, path in names.items():
        others = (other for other in imports(path, top_level_only=True) if other in names)
        graph.add_edges_from((name, other) for other in others if not name.startswith(f"{other}."))
    assert [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1] == []


def test_what_pages_share_imports_no_part_of_a_page():
    shared = (ROOT / "pages" / "shared").rglob("*.py")
    assert [path.name for path in shared if uses(path, "pages.parts")] == []


def test_runs_are_made_at_the_doors():
    doors = {"cli/output.py", "notebook.py", "pages/shared/services.py", "run.py", "pipeline/shipping.py"}
    files = [*sources(), *(ROOT / "pages").rglob("*.py")]
    made = {
        path.relative_to(ROOT).as_posix().removeprefix("expertlens_core/")
        for path in files
        if any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Run"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    }
    assert made - {"pages/parts/story/live.py"} <= doors  # the story's `Run` is its own
