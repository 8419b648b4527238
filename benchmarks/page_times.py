"""Cold start to the first page, and warm changes of page, in a real browser.

    python benchmarks/page_times.py [--rounds 7] [--cache FOLDER]

Cold: from starting the server to the first page's heading, with an empty cache. Warm: from the click in the menu
until the other page's script has ended and its heading is there, every page visited once before. ``--cache`` names
a cache with results (a copy is used) for the warm part.
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

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

from conftest import Server  # noqa: E402

from pages.shared.menu import GROUPS  # noqa: E402

CLICK = """async (name) => {
  const main = () => document.querySelector('[data-testid=stMain]');
  const app = () => document.querySelector('[data-testid=stApp]').dataset.testScriptState;
  const links = [...document.querySelectorAll('[data-testid=stSidebarNav] a')];
  const link = links.find(a => a.textContent.trim().endsWith(name));
  const start = performance.now();
  let ran = false;
  link.click();
  for (;;) {
    await new Promise(done => requestAnimationFrame(done));
    if (app() !== 'notRunning') ran = true;
    const there = link.getAttribute('aria-current') === 'page' || location.pathname === new URL(link.href).pathname;
    if (ran && there && app() === 'notRunning' && main().querySelector('h1')) return performance.now() - start;
    if (performance.now() - start > 60000) throw new Error('no page within a minute');
  }
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        print(f"load {os.getloadavg()[0]:.1f}")
        cold(browser)
        warm(browser, arguments.rounds, arguments.cache)
        browser.close()


def cold(browser) -> None:
    """Three starts with an empty cache."""
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            server = Server(Path(folder), OMP_NUM_THREADS="")
            page = browser.new_page()
            page.goto(server.url())
            page.get_by_text("What is ready").wait_for()
            print(f"cold start to Home, whole: {time.perf_counter() - begun:.2f} s")
            page.close()
            server.stop()


def warm(browser, rounds: int, cache: Path | None) -> None:
    """Changes of page."""
    titles = [title for group in GROUPS.values() for name, title, _ in group if name != "story"]
    times: dict[str, list[float]] = {title: [] for title in titles}
    with tempfile.TemporaryDirectory() as folder:
        if cache:
            shutil.copytree(cache, Path(folder) / "cache")
        server = Server(Path(folder), OMP_NUM_THREADS="")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(server.url())
        page.get_by_text("What is ready").wait_for()
        for number in range(rounds + 1):
            for title in titles[1:] + titles[:1]:
                seconds = page.evaluate(CLICK, title) / 1000
                time.sleep(1 if number else 4)
                if number:
                    times[title].append(seconds)
        server.stop()
    for title, found in times.items():
        print(
            f"to {title}: median {statistics.median(found):.2f} s, least {min(found):.2f}, most {max(found):.2f}"
        )


if __name__ == "__main__":
    main()
