"""Renewing what a notebook looks like, without training anything again."""

import ast
import copy
from collections.abc import Iterable, Sequence
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.authoring.chapters.drawn_tables import draw_tables, is_drawn
from labhelpers.authoring.chapters.notebooks import parse_notebook, write_notebook
from labhelpers.authoring.chapters.sources import (
    Chapter,
    find_tags,
    hash_code,
    is_answering,
    is_exercise,
)
from labhelpers.authoring.run.execute import run_in_checkout
from labhelpers.authoring.run.kernel import WIDGET_STATES
from labhelpers.authoring.trust.closure import read_package
from labhelpers.authoring.trust.look import hash_look
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.result_files import read_text, replace_files
from labhelpers.widgets.live_widget import STATE_FORMAT
from labhelpers.widgets.package_files import FOLDER, join_module, read_style

_VIEW = "application/vnd.jupyter.widget-view+json"
_FIGURES = ("image/svg+xml", "image/png", "image/webp", "image/jpeg")


def refresh_chapter(checkout: Checkout, chapter: Chapter) -> list[str]:
    """Renews what of a notebook needs no training, and writes it; figures stay as they are.

    Tables of results are drawn, exercises and questions answered, and widgets that take nothing
    of the run made anew; of other widgets the script and the style are exchanged, where they hold
    their state in the same form. Returns sentences: what was renewed, and what could not be.
    """
    text = read_text(chapter.notebook)
    notebook = parse_notebook(chapter, text) if text else None
    about = notebook.metadata.get("labhelpers") if notebook else None
    if not about or about["code_sha256"] != hash_code(notebook.cells):
        raise BookError(
            f"{chapter.name}: its notebook holds no outputs of its own code, so there is no look "
            f"to renew: labs book verify {chapter.number} or labs book run {chapter.number} first"
        )
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    fresh, failed = _run_again(checkout, chapter, notebook, code)
    renewed = sum(_take_outputs(notebook, cell, fresh) for cell in code)
    exchanged, kept = _exchange_scripts(checkout, notebook)
    draw_tables(checkout, notebook)
    about["look_sha256"] = hash_look(checkout.root, read_package(checkout.root), code)
    with lock_files(checkout):
        if read_text(chapter.notebook) != text:
            raise BookError(f"{chapter.name} was changed meanwhile: run labs book refresh again")
        new = write_notebook(notebook)
        replace_files({chapter.notebook: new})
    return _tell(new != text, renewed, exchanged, [*failed, *kept, *_list_figures(code, fresh)])


def needs_no_run(cell: Any, shown: set[str]) -> bool:
    """Says whether a cell can be run without those before it, but imports and stubs.

    `shown` holds the names that the chapter imports and that begin with `show_`.
    """
    if is_answering(cell):
        return True
    try:
        body = ast.parse(cell["source"]).body
    except SyntaxError:
        return False
    match [node for node in body if not isinstance(node, ast.ImportFrom)]:
        case [ast.Expr(ast.Call(ast.Name(name)) as call)]:
            names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
            known = name in shown | _list_shown(body)
            return known and names == {name} and not is_drawn(cell["source"])
    return False


def _list_shown(nodes: Iterable[ast.AST]) -> set[str]:
    """Returns the names that begin with `show_` among what is imported."""
    found = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return {a.name for node in found for a in node.names if a.name.startswith("show_")}


def _run_again(
    checkout: Checkout, chapter: Chapter, notebook: Any, code: Sequence[Any]
) -> tuple[dict[str, Any], list[str]]:
    """Runs the cells that need no run; returns them by id with their widgets, and who failed."""
    before = [c for c in code if "imports" in find_tags(c) or is_exercise(c, "stub")]
    shown = _list_shown(node for cell in before for node in ast.walk(ast.parse(cell["source"])))
    chosen = [c for c in code if c in before or needs_no_run(c, shown)]
    ours = copy.deepcopy(notebook)
    ours.metadata.pop("widgets", None)
    ours.cells = copy.deepcopy(chosen)
    for cell in ours.cells:
        cell["metadata"]["tags"] = [*cell["metadata"].get("tags", ()), "raises-exception"]
    title = f"{chapter.name}, its look"
    done = run_in_checkout(checkout, ours, ours.cells, profile="full", title=title)
    fresh: dict[str, Any] = {"states": _get_states(ours)}
    failed = []
    for cell in done.cells:
        if any(out["output_type"] == "error" for out in cell["outputs"]):
            failed.append(f"[{cell['source'].splitlines()[0]}] needs the run")
        elif cell["id"] not in {c["id"] for c in before}:
            fresh[cell["id"]] = cell["outputs"]
    return fresh, failed


def _get_states(notebook: Any) -> Any:
    return notebook.metadata.get("widgets", {}).get(WIDGET_STATES, {}).get("state", {})


def _take_outputs(notebook: Any, cell: Any, fresh: dict[str, Any]) -> bool:
    """Puts a cell's new outputs in; of a widget the new state under its old name."""
    outputs = fresh.get(cell["id"])
    if not outputs or len(outputs) != len(cell["outputs"]):
        return False
    states = _get_states(notebook)
    for old, new in zip(cell["outputs"], outputs, strict=True):
        view = new.get("data", {}).get(_VIEW)
        if view is not None:
            before = old.get("data", {}).get(_VIEW, {}).get("model_id")
            if before not in states:
                return False
            made = fresh["states"][view["model_id"]]
            made["state"]["layout"] = states[before]["state"]["layout"]
            states[before] = made
            view["model_id"] = before
        if "execution_count" in new:
            new["execution_count"] = cell["execution_count"]
    cell["outputs"] = outputs
    return True


def _exchange_scripts(checkout: Checkout, notebook: Any) -> tuple[int, list[str]]:
    """Gives all widgets the scripts and the style of today; says which hold another form."""
    exchanged, kept = 0, []
    own = checkout.root / "labhelpers" / "widgets"
    folder = own if own.is_dir() else FOLDER
    for one in _get_states(notebook).values():
        state = one["state"]
        if "_esm" not in state or "_anywidget_id" not in state:
            continue
        name = state["_anywidget_id"].split(".")[-2]
        if state.get("format") != STATE_FORMAT:
            kept.append(f"the widget {name} holds its state in an older form")
            continue
        new = {"_esm": join_module(name, folder=folder), "_css": read_style(folder=folder)}
        exchanged += any(state.get(key) != value for key, value in new.items())
        state.update(new)
    return exchanged, kept


def _list_figures(code: Sequence[Any], fresh: dict[str, Any]) -> list[str]:
    count = sum(
        cell["id"] not in fresh and any(_is_figure(out) for out in cell["outputs"]) for cell in code
    )
    return [f"the figures of {count} cells stay as they were drawn"] if count else []


def _is_figure(out: Any) -> bool:
    data = out.get("data", {})
    html = data.get("text/html", "")
    html = html if isinstance(html, str) else "".join(html)
    return any(kind in data for kind in _FIGURES) or "<svg" in html or "<img" in html


def _tell(changed: bool, renewed: int, exchanged: int, kept: Sequence[str]) -> list[str]:
    did = f"{renewed} outputs made anew, {exchanged} scripts of widgets exchanged"
    told = [did if changed else "its look was that of today"]
    return told + ([f"not without a full run: {'; '.join(kept)}"] if kept else [])
