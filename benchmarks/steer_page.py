"""Pressing Steer: from the click to the first token on the screen, against the bare first decode step.

    python benchmarks/steer_page.py [--rounds 11] [--concept cat]

Starts the app on a free port and a chromium, presses the button once so that the experts are there, then
measures. The bare step is the model's own: prompt read, first tokens of all rows drawn, in this process, once
after each press. Medians and minima; a busy machine shows in the load.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

PRESS = """async () => {
  const line = () => [...document.querySelectorAll('[data-testid=stCaptionContainer]')]
    .map(caption => caption.textContent).find(text => text.includes('First token')) || '';
  const before = line();
  const shown = new Promise((resolve, reject) => {
    const watch = new MutationObserver(() => {
      if (line() && line() !== before) { watch.disconnect(); resolve(performance.now()); }
    });
    watch.observe(document.body, {subtree: true, childList: true, characterData: true});
    setTimeout(() => reject(new Error('no first token within a minute')), 60000);
  });
  const button = document.querySelector('.st-key-steer button');
  const start = performance.now();
  button.click();
  return (await shown) - start;
}"""
"""Presses the button; milliseconds until the line that tells of the first token has changed."""


def start_server(cache: str) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true"],
        cwd=ROOT, env={**os.environ, "EXPERTLENS_CACHE": cache, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2):
                return process, address
        except (URLError, OSError):
            time.sleep(0.1)
    process.kill()
    raise SystemExit("the server did not start")


def bare_step(cache: str, concept: str):  # type: ignore[no-untyped-def]
    """A function that draws the first tokens of three texts per column, and returns the seconds it took."""
    from expertlens_core.artefacts import Artefacts
    from expertlens_core.pipeline import FindRequest, find, load_for
    from expertlens_core.run import Run
    from expertlens_core.steering.dose import safe_dose, set_to_dose
    from expertlens_core.steering.generation import generate
    from expertlens_core.steering.intervention import random_control
    from expertlens_core.steering.row import Row

    artefacts = Artefacts(Path(cache))
    model = load_for(FindRequest(), Run(artefacts))
    (found,) = find(FindRequest(names=(concept,)), Run(artefacts, model=model))
    steered = set_to_dose(found.expertise, safe_dose(model.units))
    ways = (("original", None), ("steered", steered), ("control", random_control(steered, 0)))
    rows = [Row(kind, sample, way) for kind, way in ways for sample in range(3)]  # type: ignore[arg-type]

    def once() -> float:
        start = time.perf_counter()
        next(generate(model, "Once upon a time", rows))
        return time.perf_counter() - start

    once()
    return once


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--concept", default="cat")
    arguments = parser.parse_args()
    browser_path = (
        shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )
    if browser_path is None:
        raise SystemExit("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        cache = os.environ.get("EXPERTLENS_CACHE") or folder
        process, address = start_server(cache)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.set_default_timeout(180_000)
                page.goto(f"{address}/steer?concept={arguments.concept}")
                page.locator(".st-key-steer button").click()
                page.get_by_text("Done. First token").wait_for()
                once = bare_step(cache, arguments.concept)
                shown, bare = [], []
                for _ in range(arguments.rounds):
                    shown.append(page.evaluate(PRESS) / 1000)
                    page.get_by_text("Done. First token").wait_for()
                    page.locator(".st-key-steer button").wait_for()
                    bare.append(once())
                browser.close()
        finally:
            process.terminate()
            process.wait(30)
    for what, values in (("first token on the screen", shown), ("bare first decode step", bare)):
        print(f"{what:28}median {statistics.median(values):.3f} s, least {min(values):.3f} s")
    print(f"{'ratio':28}median {statistics.median(shown) / statistics.median(bare):.1f}")
    if hasattr(os, "getloadavg"):
        print("load:", " ".join(f"{value:.2f}" for value in os.getloadavg()))


if __name__ == "__main__":
    main()
