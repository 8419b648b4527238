"""Eight visitors click about at random while texts are written and jobs run.

    python tests/soak.py [--minutes 10] [--visitors 8] [--cache FOLDER]

Fails when the server logs an error, when a page shows one, when two texts written with the same settings differ
(the original's do not depend on the concept), or when the server's memory grows after the first minute.
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent / "browser")]

from conftest import Server  # noqa: E402

from pages.shared.menu import DEFAULT, GROUPS  # noqa: E402

CONCEPTS = ("cat", "dog", "horse", "red", "doctor", "golf", "bus", "heart")
STEER = {"tokens": "60"}
COUNT = re.compile(r"\d+ words? (about|that)")
"""The line that counts words above a column's texts; it names the concept."""
HANG_UP = re.compile(
    r"Exception in ASGI application\n"
    r"(?:(?:\nDuring handling of the above exception, another exception occurred:\n\n)?"
    r"Traceback [^\n]*\n(?: [^\n]*\n)+starlette\.websockets\.WebSocketDisconnected: [^\n]*\n)+"
)


def main() -> int:
    """Run, and say what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.cache:
            shutil.copytree(arguments.cache, Path(folder) / "cache")
        server = Server(Path(folder))
        try:
            return soak(server, arguments.visitors, 60 * arguments.minutes, patient_browser(Path(folder)))
        finally:
            server.stop()


def patient_browser(folder: Path) -> str:
    """Path of a browser that leaves the processor to the server, as if it ran on its visitor's own machine.

    Eight browsers need four times what two cores have. A nice level alone does not help: Linux gives every
    session of processes (each browser is one) the same share as the server, unless its autogroup is nice too.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    script = folder / "patient-browser"
    script.write_text(
        f'#!/bin/sh\necho 19 2>/dev/null > /proc/self/autogroup\nexec nice -n 19 {chromium} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return str(script)


def soak(server: Server, visitors: int, seconds: float, browser: str) -> int:
    """Visitors in threads of their own; the server's memory is noted every ten seconds."""
    problems: list[str] = []
    texts: dict[tuple[str, str], set[str]] = {}
    counts = {"clicks": 0, "texts": 0}
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=visit, args=(server, browser, number, end, problems, texts, counts))
        for number in range(visitors)
    ]
    for thread in threads:
        thread.start()
    memory: list[tuple[float, int]] = []
    begun = time.monotonic()
    while any(thread.is_alive() for thread in threads):
        memory.append((time.monotonic() - begun, resident_bytes(server.process.pid)))
        time.sleep(10)
    for thread in threads:
        thread.join()
    log = without_hang_ups(server.log())
    if "Traceback" in log or "ERROR" in log:
        at = min(place for word in ("Traceback", "ERROR") if (place := log.find(word)) >= 0)
        problems.append(f"the server's log:\n{log[max(0, at - 500) : at + 3000]}")
    for (kind, seed), found in texts.items():
        if len(found) > 1:
            problems.append(f"texts of {kind} at seed {seed} differ: {sorted(found)}")
    report(memory, counts, texts, problems)
    return 1 if problems else 0


def without_hang_ups(log: str) -> str:
    """The log without what Streamlit writes when a browser leaves before its connection was accepted."""
    return HANG_UP.sub("", log)


def visit(server, executable, number, end, problems, texts, counts) -> None:
    """One visitor, in a browser of its own."""
    from playwright.sync_api import Error, sync_playwright

    rng = random.Random(number)
    names = [name for group in GROUPS.values() for name, *_ in group if name != "story"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(server.url())
        while time.monotonic() < end:
            try:
                if number % 2 and rng.random() < 0.5:
                    steer(page, server, rng, texts, counts)
                else:
                    wander(page, server, rng, names)
                counts["clicks"] += 1
                for alert in page.locator("[data-testid=stMain] [data-testid=stException]").all():
                    problems.append(f"visitor {number}: {alert.inner_text()[:300]}")
            except (Error, ValueError) as error:
                if time.monotonic() < end:
                    problems.append(f"visitor {number}: {str(error)[:300]}")
                    page.goto(server.url())
        browser.close()


def wander(page, server, rng, names) -> None:
    """Another page, another concept, another tau."""
    name = rng.choice(names)
    link = {"concept": rng.choice(CONCEPTS), "tau": f"{rng.uniform(0.3, 0.9):.2f}"}
    page.goto(server.url("" if name == DEFAULT else name, **link))
    page.wait_for_selector("[data-testid=stMain] h1")
    time.sleep(rng.uniform(0.5, 3))
    for slider in page.get_by_role("slider").all()[:1]:
        slider.press("ArrowRight")
    time.sleep(rng.uniform(0.2, 1))


def steer(page, server, rng, texts, counts) -> None:
    """Write; sometimes leave midway, else keep the texts, to be compared with others' of the same settings."""
    concept, seed = rng.choice(CONCEPTS), str(rng.randrange(3))
    page.goto(server.url("steer", concept=concept, draw=seed, **STEER))
    page.get_by_role("button", name=f"Steer towards {concept}").click()
    if rng.random() < 0.3:
        time.sleep(rng.uniform(0.1, 1.5))
        return
    page.wait_for_selector("text=/^Done\\. First token/", timeout=120_000)
    columns = page.locator("[data-testid=stMain] [data-testid=stColumn]").filter(has=page.locator("h5"))
    columns.nth(2).locator("[data-testid=stHtml]").first.wait_for()  # it comes a moment after the line above
    page.get_by_role("button", name=f"Steer towards {concept}").wait_for()  # the page rests again
    boxes = [
        [text for text in column.locator("[data-testid=stHtml]").all_inner_texts() if not COUNT.match(text)]
        for column in columns.all()
    ]
    kinds = ("original", f"steered to {concept}", f"control of {concept}")
    for kind, written in zip(kinds, boxes, strict=True):
        texts.setdefault((kind, seed), set()).add("\n".join(written))
    counts["texts"] += 3


def resident_bytes(pid: int) -> int:
    """Memory of the server's process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


def report(memory, counts, texts, problems) -> None:
    """Print what was measured; growth after the first minute is a problem of its own."""
    later = [(when, size) for when, size in memory if when > 60]
    if len(later) > 5:
        half = len(later) // 2
        first = sorted(size for _, size in later[:half])[half // 2]
        last = sorted(size for _, size in later[half:])[(len(later) - half) // 2]
        print(
            f"memory: {first / 1e6:.0f} MB in the first half after a minute, {last / 1e6:.0f} MB in the second"
        )
        if last > 1.1 * first:
            problems.append(f"memory grew from {first / 1e6:.0f} to {last / 1e6:.0f} MB")
    print(f"{counts['clicks']} rounds, {counts['texts']} texts to their end, {len(texts)} different settings")
    for problem in problems[:20]:
        print(f"PROBLEM {problem}")
    print("passed" if not problems else f"{len(problems)} problems")


if __name__ == "__main__":
    raise SystemExit(main())
