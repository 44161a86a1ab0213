"""Buttons that depend on where the book is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

from labhelpers.authoring.repository import published_address, repository_address

BRANCH = "main"


def theme_options(address: str | None) -> dict[str, Any]:
    """Return options of sphinx-book-theme: no buttons where the book is not published."""
    if address is None:
        return {"repository_url": "", "use_repository_button": False, "launch_buttons": {}}
    launch = {"notebook_interface": "jupyterlab", "binderhub_url": "https://mybinder.org"}
    if urlsplit(address).netloc == "github.com":
        launch["colab_url"] = "https://colab.research.google.com"
    return {
        "repository_url": address,
        "repository_branch": BRANCH,
        "path_to_docs": "",
        "use_repository_button": True,
        "launch_buttons": launch,
    }


def set_theme_options(app: Sphinx, config: Config) -> None:
    """Give the theme its buttons, and the pages the address they are served from."""
    root = Path(app.srcdir)
    config.html_theme_options = {
        **config.html_theme_options,
        **theme_options(repository_address(root)),
    }
    config.html_baseurl = published_address(root) or config.html_baseurl
