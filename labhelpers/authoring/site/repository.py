"""Buttons that depend on where the book is published.

The one address is `[project.urls] Repository` in pyproject.toml. Without it the pages have no
button that could lead nowhere.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

__all__ = ["published_address", "repository_address", "set_theme_options", "theme_options"]

BRANCH = "main"


def project_urls(root: Path) -> dict[str, str]:
    """Read the table `[project.urls]` of pyproject.toml.

    Args:
        root: The folder that holds pyproject.toml.

    Returns:
        The addresses by name, names in lower case.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {name.lower(): address for name, address in project.get("urls", {}).items()}


def repository_address(root: Path) -> str | None:
    """Say where the book's repository is published.

    Args:
        root: The folder that holds pyproject.toml.

    Returns:
        The address without a closing slash or `.git`, or None when none is set.

    Raises:
        ValueError: When the address is not that of a repository on the web.
    """
    address = project_urls(root).get("repository", "").strip()
    if not address:
        return None
    address = address.rstrip("/").removesuffix(".git")
    parts = urlsplit(address)
    if parts.scheme != "https" or len(parts.path.strip("/").split("/")) != 2:
        raise ValueError(
            "pyproject.toml: [project.urls] Repository should be like "
            f"'https://github.com/OWNER/NAME', got {address!r}"
        )
    return address


def published_address(root: Path) -> str | None:
    """Say where the pages are served.

    Args:
        root: The folder that holds pyproject.toml.

    Returns:
        `[project.urls] Documentation` when it is set, else the GitHub Pages of a repository on
        GitHub, else None. With a closing slash.
    """
    address = project_urls(root).get("documentation", "").strip()
    if address:
        return address.rstrip("/") + "/"
    parts = urlsplit(repository_address(root) or "")
    if parts.netloc != "github.com":
        return None
    owner, name = parts.path.strip("/").split("/")
    if name.lower() == f"{owner}.github.io".lower():
        return f"https://{owner}.github.io/"
    return f"https://{owner}.github.io/{name}/"


def theme_options(address: str | None) -> dict[str, Any]:
    """Say what the theme shows for a repository.

    Args:
        address: The repository's address, or None when the book is not published.

    Returns:
        Options of sphinx-book-theme: none of its buttons without an address.
    """
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
    """Give the theme its buttons, and the pages the address they are served from.

    Args:
        app: The application that builds the book.
        config: Its configuration, changed in place.
    """
    root = Path(app.srcdir)
    config.html_theme_options = {
        **config.html_theme_options,
        **theme_options(repository_address(root)),
    }
    config.html_baseurl = published_address(root) or config.html_baseurl
