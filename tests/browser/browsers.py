"""Where the browser of the tests is; run as a program, it brings one to a fresh machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "the tests of the pages need Chromium, and there is none: install your system's package "
    f"(apt-get install chromium), or run `{sys.executable} -m playwright install chromium`"
)


def find_system_browser() -> str | None:
    """The path of the system's Chromium, when it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def find_browser(playwright: Any) -> dict[str, Any]:
    """What Playwright needs to be told to start a browser.

    Raises:
        FileNotFoundError: When there is none, with the ways to get one.
    """
    # A container's root may not have the sandbox; the pages are our own.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    path = find_system_browser()
    if path is None and not Path(playwright.chromium.executable_path).exists():
        raise FileNotFoundError(ADVICE)
    return {"args": arguments, **({"executable_path": path} if path else {})}


def bring_browser() -> None:
    """Install Chromium: the system's package where we may, else Playwright's own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        if find_system_browser() or Path(playwright.chromium.executable_path).exists():
            return
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", "chromium"]
        subprocess.run(["apt-get", "update", "--quiet"], env=quiet)
        if subprocess.run(install, env=quiet).returncode == 0 and find_system_browser():
            return
    own = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(own).returncode:
        sys.exit(ADVICE)


if __name__ == "__main__":
    bring_browser()
