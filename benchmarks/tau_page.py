"""Moving tau on the Experts page, in a browser: from the key press until the page rests with another chart.

    python benchmarks/tau_page.py [--concepts 120] [--moves 15] [--only small|synthetic]

Two libraries of made-up results, written through the pipeline's own file formats into a temporary folder: one in
the small model of the tests, one in a made-up model of 294,912 units (the widths of Pythia-1b). A server starts on
them and Chromium moves the slider by keys. Prints medians: from the key press, and from the moment
the page says that it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from expertlens_core.artefacts import Artefacts
from expertlens_core.experts.expertise import Expertise
from expertlens_core.models.model_files import model_state
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.pipeline import FindRequest, ModelRecord, load_for, plan_find
from expertlens_core.pipeline.finding.expertise_file import expertise_arrays, expertise_info, library_versions
from expertlens_core.pipeline.finding.model_record import keep_record, known_record
from expertlens_core.run import Run

ROOT = Path(__file__).parents[1]
SMALL = ROOT / "tests" / "fixtures" / "small_world" / "step-2800"
MODEL = "made-up/pythia-1b"
BUDGETS = {"small": 0.4, "synthetic": 0.6}
PAGES = {
    "one concept": {},
    "three concepts": {"compare": "concept 1|concept 2"},
    "over modules": {"parts": "module"},
    "top units": {"section": "units"},
    "all concepts": {"section": "library"},
}
DRAWN = "[data-testid=stMain] canvas, [data-testid=stMain] svg.marks"
WATCH = """
() => {
  const app = document.querySelector('[data-testid=stApp]');
  const main = document.querySelector('[data-testid=stMain]');
  const picture = () => {
    const charts = [...main.querySelectorAll('svg.marks')].map(svg => svg.outerHTML)
      .concat([...main.querySelectorAll('[data-testid=stVegaLiteChart] canvas')].map(c => c.toDataURL()));
    // The top fifty rows stay as tau moves; how many there are in all does not.
    return charts.join() || main.querySelector('[data-testid=stDownloadButton]').innerText;
  };
  const watch = {before: picture(), pressed: 0, ran: 0, done: 0};
  window.__watch = watch;
  const look = () => {
    const running = app.getAttribute('data-test-script-state') !== 'notRunning';
    if (watch.pressed && running && !watch.ran) watch.ran = performance.now();
    if (watch.pressed && !running && picture() !== watch.before) { watch.done = performance.now(); return; }
    requestAnimationFrame(look);
  };
  new MutationObserver(() => {
    if (watch.pressed && !watch.ran && app.getAttribute('data-test-script-state') !== 'notRunning')
      watch.ran = performance.now();
  }).observe(app, {attributes: true});
  document.addEventListener('keydown', () => { watch.pressed = performance.now(); }, {capture: true, once: true});
  requestAnimationFrame(look);
}
"""


def pythia(layers: int = 16, hidden: int = 2048) -> Units:
    widths = (
        ("attention.query_key_value", "attention", 3 * hidden),
        ("attention.dense", "attention", hidden),
        ("mlp.dense_h_to_4h", "mlp", 4 * hidden),
        ("mlp.dense_4h_to_h", "mlp", hidden),
    )
    return Units(
        tuple(
            UnitModule(f"layers.{layer}.{path}", layer, kind, width, token_only=layer == 0 and place == 0)
            for layer in range(layers)
            for place, (path, kind, width) in enumerate(widths)
        )
    )


def write_library(path: Path, concepts: int) -> None:
    made = [
        {
            "name": f"concept {number}",
            "domain": f"domain {number // 5}",
            "positives": [f"Sentence {line} has concept {number}." for line in range(60)],
            "negatives": [f"Sentence {line} does without." for line in range(150)],
        }
        for number in range(concepts)
    ]
    path.write_text(json.dumps({"name": path.stem, "concepts": made}))


def made_up(concept: str, units: Units, seed: int) -> Expertise:
    generator = np.random.default_rng(seed)
    ap = np.clip(generator.gamma(9, 0.032, units.count), 0, 1)
    plain = generator.random((7, units.count), dtype=np.float32)
    return Expertise(concept, units, ap, 0.5 + ap / 2, *plain, np.zeros(len(units.modules)), 60, 150)


def fill(artefacts: Artefacts, request: FindRequest, record: ModelRecord) -> None:
    """Write a made-up result for every concept of the request's library."""
    keep_record(request, record, artefacts, model_state(request.model, request.revision))
    plan = plan_find(request, Run(artefacts, record=record))
    for number, key in enumerate(plan.missing):
        about = {
            "model": record.name,
            "revision": record.revision,
            "library": plan.library.name,
            "device": "cpu",
        }
        about |= {"request": request.to_json(), "versions": library_versions()}
        expertise = made_up(key, record.units, number)
        artefacts.computed(
            plan.keys[key], lambda e=expertise, a=about: (expertise_arrays(e), {**a, **expertise_info(e)})
        )


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "EXPERTLENS_CACHE": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        for _ in range(600):
            try:
                urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
                break
            except (URLError, OSError):
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/experts"
    finally:
        server.terminate()
        server.wait(20)
        if "Traceback" in (folder / "server.log").read_text(errors="replace"):
            print((folder / "server.log").read_text(errors="replace")[-2000:])


def measure(page: object, moves: int) -> tuple[list[float], list[float]]:
    """Seconds from key press, and from the start of the run, to the redrawn page, for each move."""
    whole, seen = [], []
    slider = page.get_by_role("slider", name="tau")
    for move in range(moves + 2):
        time.sleep(0.6)
        slider.focus()
        page.evaluate(WATCH)
        page.keyboard.press("ArrowRight")
        page.wait_for_function("window.__watch.done > 0", timeout=20_000)
        watch = page.evaluate("({p: window.__watch.pressed, r: window.__watch.ran, d: window.__watch.done})")
        if move >= 2:  # the first ones warm up
            whole.append((watch["d"] - watch["p"]) / 1000)
            seen.append((watch["d"] - (watch["r"] or watch["p"])) / 1000)
    return whole, seen


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--concepts", type=int, default=120)
    parser.add_argument("--moves", type=int, default=15)
    parser.add_argument("--only", choices=list(BUDGETS))
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no chromium on this machine: install it to run this benchmark")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, sync_playwright() as playwright:
        folder = Path(place)
        artefacts = Artefacts(folder / "cache")
        write_library(folder / "library.json", arguments.concepts)
        requests = {
            "small": FindRequest(model=str(SMALL), library=str(folder / "library.json")),
            "synthetic": FindRequest(model=MODEL, library=str(folder / "library.json")),
        }
        load_for(requests["small"], Run(artefacts))
        record = known_record(requests["small"], artefacts)
        if record is None:
            raise SystemExit("the small model left no record")
        records = {
            "small": record,
            "synthetic": replace(record, name=MODEL, revision="", digest=MODEL, units=pythia()),
        }
        names = [arguments.only] if arguments.only else list(BUDGETS)
        for name in names:
            fill(artefacts, requests[name], records[name])
        print("load:", " ".join(f"{value:.2f}" for value in os.getloadavg()))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with serving(folder) as address:
            for name in names:
                print(f"{name}: {arguments.concepts} concepts x {records[name].units.count:,} units")
                for label, link in PAGES.items():
                    page = browser.new_page(viewport={"width": 1440, "height": 900})
                    view = {"model": requests[name].model, "library": requests[name].library, "tau": "0.4"}
                    page.goto(f"{address}?{urlencode({**view, 'concept': 'concept 0', **link})}")
                    page.get_by_role("slider", name="tau").wait_for(timeout=120_000)
                    page.wait_for_selector(DRAWN, timeout=120_000)
                    whole, seen = measure(page, arguments.moves)
                    ok = "within" if statistics.median(whole) < BUDGETS[name] else "MISSES"
                    print(
                        f"  {label:16}{statistics.median(whole):6.2f} s from the key "
                        f"(worst {max(whole):.2f}), {statistics.median(seen):.2f} s from the start of the run: "
                        f"{ok} {BUDGETS[name]} s"
                    )
                    page.close()
        browser.close()
        print("load:", " ".join(f"{value:.2f}" for value in os.getloadavg()))


if __name__ == "__main__":
    main()
