"""Where the book is published: `[project.urls]` in pyproject.toml, the one place that says it."""

import tomllib
from pathlib import Path
from urllib.parse import urlsplit


def project_urls(root: Path) -> dict[str, str]:
    """Reads the table `[project.urls]` of pyproject.toml, names in lower case."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {name.lower(): address for name, address in project.get("urls", {}).items()}


def repository_address(root: Path) -> str | None:
    """Says where the book's repository is published.

    The address has no closing slash and no `.git`; it is None when none is set.

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
    """Says where the pages are served.

    It is `[project.urls] Documentation` when that is set, else the GitHub Pages of a repository on
    GitHub, else None. It has a closing slash.
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
