"""Where the book is published: `[project.urls]` in pyproject.toml, the one place that says it."""

import tomllib
from pathlib import Path
from urllib.parse import urlsplit


def project_urls(root: Path) -> dict[str, str]:
    """Reads the table `[project.urls]` of pyproject.toml, names in lower case."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {name.lower(): address for name, address in project.get("urls", {}).items()}


def repository_address(root: Path) -> str | None:
    """Says where the book's repository is published, without a closing slash or `.git`."""
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
    """Says where the pages are served, with a closing slash.

    It is `[project.urls] Documentation`, else the GitHub Pages of a repository on GitHub.
    """
    address = project_urls(root).get("documentation", "").strip()
    if address:
        return address.rstrip("/") + "/"
    parts = urlsplit(repository_address(root) or "")
    if parts.netloc != "github.com":
        return None
    owner, name = parts.path.strip("/").split("/")
    site = f"https://{owner}.github.io/"
    return site if name.lower() == f"{owner}.github.io".lower() else f"{site}{name}/"
