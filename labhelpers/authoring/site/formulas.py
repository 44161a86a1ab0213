"""MathJax from an installed package, so that formulas need no other site."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from labhelpers.authoring.site.page_parts import leave_files_out

PACKAGE = "sphinx-mathjax-offline"
# What a page with formulas can ask for: the program, its fonts, the rarer TeX commands, and
# what its menu offers to readers who listen. The package holds 24 MB; this is a quarter of it.
WANTED = (
    "tex-chtml.js",
    "output/chtml/fonts/woff-v2/*.woff",
    "input/tex/extensions/*.js",
    "a11y/*.js",
    "ui/*.js",
    "sre/mathmaps/base.json",
    "sre/mathmaps/en.json",
    "sre/mathmaps/nemeth.json",
)


def mathjax_folder() -> Path:
    """Find the folder of MathJax's files, with `tex-chtml.js`, inside the installed package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"the book's formulas need the package {PACKAGE}, which is not installed: "
            "run `pip install -e .[book]`"
        )
    return Path(spec.origin).parent / "static" / "mathjax"


def point_to_mathjax(app: Sphinx, config: Config) -> None:
    """Make pages load MathJax from the book's own static folder."""
    mathjax_folder()
    config.mathjax_path = "mathjax/tex-chtml.js"


def copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    """Copy MathJax beside the pages, once."""
    if exception is not None or app.builder.format != "html":
        return
    source = mathjax_folder()
    target = Path(app.outdir) / "_static" / "mathjax"
    for pattern in WANTED:
        for path in sorted(source.glob(pattern)):
            copy = target / path.relative_to(source)
            if copy.exists() and copy.stat().st_size == path.stat().st_size:
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def keep_numbers(doctree: nodes.document) -> None:
    r"""Let an equation of several lines keep its number.

    Sphinx wraps every displayed formula with a line break in `split`, in which MathJax takes no
    `\tag`; Jupyter and Colab do not wrap it, so the chapter's text is right as it is.
    """
    for node in doctree.findall(nodes.math_block):
        text = node.astext()
        if r"\tag" in text and r"\\" in text and not node.get("nowrap"):
            node.children = [nodes.Text(rf"\[{text}\]")]
            node["nowrap"] = True


def load_where_needed(context: dict[str, Any]) -> None:
    """Leave MathJax out of a page that has no formula.

    Sphinx loads it where a page *below* has one too, so the first page a visitor sees would
    always wait for a megabyte that it does not use.
    """
    if 'class="math' not in context.get("body", ""):
        leave_files_out(context, "mathjax/")
