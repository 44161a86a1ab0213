"""The two pages at the top of the site: the way in, and the page for lost readers."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

NOT_FOUND = "404"
INDEX = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={first}">
</head>
<body>
<main>
<h1>{title}</h1>
<p><a href="{first}">Start here</a></p>
</main>
</body>
</html>
"""


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write `index.html`, which leads to the book's first page."""
    if exception is not None or app.builder.name != "html":
        return
    text = INDEX.format(
        language=(app.config.language or "en").replace("_", "-"),
        title=escape(app.config.html_title),
        first=app.builder.get_target_uri(app.config.root_doc),
    )
    (Path(app.outdir) / "index.html").write_text(text, encoding="utf-8")


def add_not_found(app: Sphinx, config: Config) -> None:
    """Have Sphinx write `404.html` at the top of the site, where servers look for it."""
    config.html_additional_pages = {**config.html_additional_pages, NOT_FOUND: "404.html"}


def fill_not_found(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give `404.html`, which is served at any depth, the pages to offer and where they start."""
    if page != NOT_FOUND:
        return
    environment = app.builder.env
    first = app.config.root_doc
    names = [first, *environment.toctree_includes.get(first, [])]
    context["site_path"] = urlsplit(app.config.html_baseurl or "").path or "/"
    context["offers"] = [
        {"title": environment.titles[name].astext(), "path": app.builder.get_target_uri(name)}
        for name in names
        if name in environment.titles
    ]
