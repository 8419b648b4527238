"""Every page x {light, dark} x {1440, 390 px} x {empty, result, error}, as pictures to be looked at.

    python tests/screenshots.py OUT [--pages home,experts] [--cache FOLDER]

``--cache`` names a cache with results (its copy is used), so that nothing has to be computed first.
"""

import argparse
import html
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent / "browser")]

from conftest import Server, settled  # noqa: E402

from pages.shared.menu import DEFAULT, GROUPS  # noqa: E402

THEMES = ("light", "dark")
SIZES = {1440: 1300, 390: 1600}
"""Width and height in pixels; high, so that most of a page is on the picture."""
ERROR = {"library": "/not/there.json"}
LINKS: dict[str, dict[str, str]] = {
    "experts": {"concept": "dog", "compare": "horse|red"},
    "story": {"mode": "recorded"},
}
"""Page → link of its picture with results; the default view elsewhere."""


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pages", default=",".join(name for group in GROUPS.values() for name, *_ in group))
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    pages = arguments.pages.split(",")
    with tempfile.TemporaryDirectory() as folder:
        filled, empty = Path(folder) / "filled", Path(folder) / "empty"
        filled.mkdir()
        empty.mkdir()
        if arguments.cache:
            shutil.copytree(arguments.cache, filled / "cache")
        for state, home in (("empty", empty), ("result", filled), ("error", filled)):
            server = Server(home)
            try:
                take(server, state, pages, arguments.out)
            finally:
                server.stop()
    write_index(arguments.out)


def take(server: Server, state: str, pages: list[str], out: Path) -> None:
    """All pictures of one state."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for theme in THEMES:
            for width, height in SIZES.items():
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
                for name in pages:
                    page = context.new_page()
                    link = {"error": ERROR, "result": LINKS.get(name, {})}.get(state, {})
                    page.goto(server.url("" if name == DEFAULT else name, **link))
                    page.wait_for_selector("[data-testid=stMain] h1, [data-testid=stMain] [role=alert]")
                    settle(page, name, state)
                    page.screenshot(path=out / f"{name}-{state}-{theme}-{width}.png")
                    page.close()
                context.close()
        browser.close()


def settle(page, name: str, state: str) -> None:
    """Wait until nothing runs and charts are drawn; a job's progress may stay on an empty page."""
    settled(page)
    if state == "result":
        if name == "steer":
            page.get_by_role("button", name="Steer towards").click()
            page.wait_for_selector("text=/^Done/")
        until = time.monotonic() + 120
        while page.get_by_role("button", name="Stop").count() and time.monotonic() < until:
            time.sleep(0.5)
    time.sleep(1.5)


def write_index(out: Path) -> None:
    """One page with all pictures."""
    pictures = sorted(out.glob("*.png"))
    tags = "\n".join(
        f'<figure><img src="{html.escape(path.name)}" width="360">'
        f"<figcaption>{html.escape(path.stem)}</figcaption></figure>"
        for path in pictures
    )
    style = "<style>body{display:flex;flex-wrap:wrap;gap:1rem;font-family:sans-serif}</style>"
    (out / "index.html").write_text(f"<!doctype html><meta charset=utf-8>{style}\n{tags}\n")
    print(f"{len(pictures)} pictures in {out / 'index.html'}")


if __name__ == "__main__":
    main()
