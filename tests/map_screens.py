"""Pictures of the Concept map with made-up libraries of several sizes, to be looked at.

    python -m tests.map_screens FOLDER [--sizes 50,300,751] [--views graph,heatmap,pair,domains]

Writes light and dark pictures, and one of a narrow screen, into FOLDER.
"""

import argparse
import shutil
import time
from pathlib import Path
from urllib.parse import urlencode

from expertlens_core.artefacts import Artefacts
from expertlens_core.pipeline import FindRequest
from tests.browser.conftest import Server, settled
from tests.made_up_map import MODEL, fill, pythia, write_library

LOOKS = (("light", 1440), ("dark", 1440), ("light", 390))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="50,300,751")
    parser.add_argument("--views", default="graph,heatmap,pair,domains")
    arguments = parser.parse_args()
    from playwright.sync_api import sync_playwright

    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    artefacts = Artefacts(folder / "cache")
    libraries = {}
    for size in map(int, arguments.sizes.split(",")):
        path = write_library(folder / f"library-{size}.json", size, per_domain=5 if size < 200 else 12)
        fill(artefacts, FindRequest(model=MODEL, library=str(path)), pythia())
        libraries[size] = path
    server = Server(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for size, path in libraries.items():
            for theme, width in LOOKS:
                page = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=theme)
                page.set_default_timeout(120_000)
                for part in arguments.views.split(","):
                    link = {"model": MODEL, "library": str(path), "map": part}
                    page.goto(f"{server.url('concept_map')}?{urlencode(link)}")
                    page.get_by_text("Methods paragraph").wait_for()
                    settled(page)
                    tall = page.locator("[data-testid=stMainBlockContainer]").bounding_box()
                    page.set_viewport_size({"width": width, "height": min(3200, int(tall["height"]) + 60)})
                    time.sleep(1.5)
                    page.screenshot(path=str(folder / f"{part}-{size}-{theme}-{width}.png"))
                page.close()
        browser.close()
    server.stop()


if __name__ == "__main__":
    main()
