"""Moving tau on the Concept map, in a browser: from the key press until the page rests with another graph.

    python benchmarks/map_page.py [--concepts 50] [--layers 16] [--hidden 2048] [--moves 15]

A made-up library in a made-up model of 294,912 units (the widths of Pythia-1b) is written into a temporary folder
through the pipeline's own file formats; about 2 % of the AP exceed 0.5. A server starts on it and Chromium moves
the slider by keys. The slider waits 200 ms after a key in case another one follows: times are given with that wait
and, as "page run", from the moment the page starts to run. The page also draws the evidence of the first concept
in a second round. Medians and worst; a busy machine shows in the load.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from expertlens_core.artefacts import Artefacts
from expertlens_core.pipeline import FindRequest
from tests.browser.conftest import Server
from tests.made_up_map import MODEL, fill, pythia, write_library

BUDGET = 0.6
WATCH = """
() => {
  const app = document.querySelector('[data-testid=stApp]');
  const main = document.querySelector('[data-testid=stMain]');
  const chart = main.querySelector('.st-key-map');
  const picture = () => [...chart.querySelectorAll('svg')].map(svg => svg.outerHTML).join()
    + [...chart.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join();
  const watch = {before: picture(), pressed: 0, ran: 0, done: 0};
  window.__watch = watch;
  const look = () => {
    const running = app.getAttribute('data-test-script-state') !== 'notRunning';
    if (watch.pressed && running && !watch.ran) watch.ran = performance.now();
    if (watch.ran && !running && picture() !== watch.before) { watch.done = performance.now(); return; }
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


def measure(page: object, moves: int) -> tuple[list[float], list[float]]:
    """Seconds from key press, and from the start of the run, to the redrawn graph, for each move."""
    whole, run = [], []
    slider = page.get_by_role("slider", name="tau")
    for move in range(moves + 2):
        time.sleep(0.8)
        slider.focus()
        page.evaluate(WATCH)
        page.keyboard.press("ArrowRight")
        page.wait_for_function("window.__watch.done > 0", timeout=60_000)
        watch = page.evaluate("({p: window.__watch.pressed, r: window.__watch.ran, d: window.__watch.done})")
        if move >= 2:  # the first ones warm up
            whole.append((watch["d"] - watch["p"]) / 1000)
            run.append((watch["d"] - watch["r"]) / 1000)
    return whole, run


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--concepts", type=int, default=50)
    parser.add_argument("--layers", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=2048)
    parser.add_argument("--moves", type=int, default=15)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no chromium on this machine: install it to run this benchmark")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, sync_playwright() as playwright:
        folder = Path(place)
        library = write_library(folder / "library.json", arguments.concepts)
        units = pythia(arguments.layers, arguments.hidden)
        fill(Artefacts(folder / "cache"), FindRequest(model=MODEL, library=str(library)), units)
        print(f"{arguments.concepts} concepts x {units.count:,} units")
        server = Server(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            for label, link in (("graph", {}), ("graph and a concept", {"map_focus": "river 0"})):
                page = browser.new_page(viewport={"width": 1440, "height": 1000})
                view = {"model": MODEL, "library": str(library), "tau": "0.45", **link}
                page.goto(f"{server.url('concept_map')}?{urlencode(view)}")
                page.locator(".st-key-map svg text, .st-key-map canvas").first.wait_for(timeout=300_000)
                whole, run = measure(page, arguments.moves)
                ok = "within" if statistics.median(whole) < BUDGET else "MISSES"
                print(
                    f"  {label:20}{statistics.median(whole):6.2f} s from the key (best {min(whole):.2f}, worst "
                    f"{max(whole):.2f}), page run {statistics.median(run):.2f}: {ok} {BUDGET} s"
                )
                page.close()
        finally:
            browser.close()
            server.stop()
        print("load:", " ".join(f"{value:.2f}" for value in os.getloadavg()))


if __name__ == "__main__":
    main()
