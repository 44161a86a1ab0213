"""What a page with widgets weighs, and how long a reader waits for it.

Run with `python -m benchmarks.pages`, after `labs book build`. Wanted: under 3 MB a page, the first
widget at work in under 1 s, the largest content painted in under 1.5 s, and nothing that moves.
Each page is opened three times in a new window; the middle of three is told.
"""

import statistics
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from labhelpers.training import describe_hardware

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
ROUNDS = 3
# Filled in the page: when the first widget was ready, what was painted last, what moved.
WATCH = """
window.seen = { ready: 0, painted: 0, moved: 0 };
new MutationObserver(() => {
  if (!seen.ready && document.querySelector(".labs-widget[data-ready]")) {
    seen.ready = performance.now();
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-ready"] });
const note = (type, f) => new PerformanceObserver((list) => list.getEntries().forEach(f))
  .observe({ type, buffered: true });
note("largest-contentful-paint", (entry) => { seen.painted = entry.startTime; });
note("layout-shift", (entry) => { seen.moved += entry.value; });
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


def measure_page(browser: Any, address: str) -> dict[str, float]:
    """Opens a page once, and says what it cost."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)  # of a busy machine, too, the figures are told
    page.add_init_script(WATCH)
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(address, wait_until="load")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("!document.querySelector('.labs-widget:not([data-ready])')")
    seen = page.evaluate("window.seen")
    context.close()
    return {**seen, "bytes": sum(sizes)}


def main() -> None:
    """Measures all pages with widgets, and prints a table."""
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    from browsers import find_browser

    names = [
        page.relative_to(SITE).as_posix()
        for page in sorted(SITE.rglob("*.html"))
        if 'class="labs-widget"' in page.read_text(encoding="utf-8")
    ]
    if not names:
        sys.exit(f"no page with widgets in {SITE}: labs book build builds the pages")
    hardware = describe_hardware()
    print(f"{hardware.cpu}, {hardware.cores} cores; middle of {ROUNDS}\n")
    print(f"{'page':<44} {'over':<5} {'MB':>6} {'widget (s)':>11} {'painted (s)':>12} {'moved':>7}")
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=SITE)) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(**find_browser(playwright))
        for name in names:
            for place in (f"http://127.0.0.1:{server.server_port}/", f"{SITE.as_uri()}/"):
                rounds = [measure_page(browser, place + name) for _ in range(ROUNDS)]
                middle = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
                # A page opened from a folder does not say what it reads: the same files.
                size = f"{middle['bytes'] / 1e6:.2f}" if place.startswith("http") else ""
                print(
                    f"{name:<44} {place.partition(':')[0]:<5} {size:>6} "
                    f"{middle['ready'] / 1e3:>11.2f} {middle['painted'] / 1e3:>12.2f} "
                    f"{middle['moved']:>7.4f}"
                )
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
