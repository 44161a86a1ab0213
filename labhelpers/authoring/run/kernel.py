"""Running cells in a process of their own, by this Python."""

import contextlib
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_core.utils import run_sync
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_notebook

from labhelpers.authoring.run.stopping import stop_on_signal
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.result_files import RESULTS_VARIABLE

# What native libraries print as they load, past any setting of theirs: with times and process
# numbers, and of no use to a reader.
_NATIVE_LOG = re.compile(
    r"WARNING: All log messages before absl|[IWEF]\d{4} \d\d:\d\d:|[IWEF]0000 00:00:\d"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] |To enable the following instructions: "
)
# Asks the process what it recorded, and where the package came from.
_REPORT = """
import json as _json, sys as _sys
from pathlib import Path as _Path
import labhelpers as _package
from labhelpers.lesson.recording import describe_process as _describe
_home = _Path(_package.__file__).parent
_files = [_Path(m.__file__) for n, m in list(_sys.modules.items())
          if n.split(".")[0] == "labhelpers" and getattr(m, "__file__", None)]
_told = _json.loads(_describe())
_told["homes"] = sorted({str(_home.parent if _home in f.parents else f.parent) for f in _files})
print(_json.dumps(_told))
"""

# Under this name a notebook holds the states of its widgets.
WIDGET_STATES = "application/vnd.jupyter.widget-state+json"
# Jupyter's classes look their parts up by name when the first of them is made, and stumble when
# two threads are at it: kernels start one after the other.
_STARTING = threading.Lock()


@dataclass(frozen=True)
class Executed:
    """What a run of cells left: the cells with their outputs, the time of each, and a report."""

    cells: list[Any]
    seconds: list[float]
    # What `describe_process` said at the end, and as `homes` where the package was loaded from.
    report: dict[str, Any]


def run_cells(
    notebook: Any,
    cells: Sequence[Any],
    *,
    folder: Path,
    environment: dict[str, str],
    title: str,
    on_start: Callable[[int], None] | None = None,
) -> Executed:
    """Runs some code cells of a notebook in a new kernel of this Python, replacing their outputs.

    The folder is made where it is not there. `on_start` is called with the number, from 0, of each
    cell that starts. Raises BookError if a cell fails or the kernel dies, naming the cell.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    ours = new_notebook(cells=[*cells, new_code_cell(_REPORT)], metadata=notebook.metadata)
    with _STARTING:
        client = NotebookClient(
            ours, timeout=None, km=_own_python(), coalesce_streams=True, record_timing=False
        )
    seconds: list[float] = []
    number = -1
    # What the process prints outside of its cells is also in them, and would break the progress.
    folder.mkdir(parents=True, exist_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        with stop_on_signal(), contextlib.ExitStack() as running:
            with _STARTING:
                start = client.setup_kernel(env=environment, cwd=str(folder), **quiet)
                running.enter_context(start)
            for number, cell in enumerate(ours.cells):
                if on_start is not None and number < len(cells):
                    on_start(number)
                begin = time.perf_counter()
                client.execute_cell(cell, number)
                seconds.append(time.perf_counter() - begin)
                clean_outputs(cell)
            client.set_widgets_metadata()
    except CellExecutionError as error:
        line = re.sub(r"\x1b\[[0-9;]*m", "", f"{error.ename}: {error.evalue}").strip()
        place = describe_cell(cells, number)
        raise BookError(f"{title}: {place} fails: {line.splitlines()[0]}") from None
    except RuntimeError as error:
        fault = f"the process for its cells did not start: {error}"
        if number >= 0:
            place = describe_cell(cells, number)
            fault = f"the process died in {place}; too little memory is the usual cause"
        raise BookError(f"{title}: {fault}") from None
    finally:
        _end_kernel(client)
    if "widgets" in ours.metadata:
        notebook.metadata["widgets"] = number_widgets(ours.metadata["widgets"], cells)
    return Executed(list(cells), seconds[: len(cells)], _read_report(ours.cells.pop()))


def number_widgets(widgets: Any, cells: Sequence[Any]) -> Any:
    """Names widgets, which have random names, in the order they were made; also in their cells."""
    text = json.dumps([widgets, [cell["outputs"] for cell in cells]])
    for number, name in enumerate(widgets[WIDGET_STATES]["state"]):
        text = text.replace(name, f"{number:032x}")
    widgets, outputs = json.loads(text)
    for cell, outs in zip(cells, outputs, strict=True):
        cell["outputs"] = from_dict(outs)
    return from_dict(widgets)


def clean_outputs(cell: Any) -> None:
    """Takes out of a cell's outputs what native libraries print as they load."""
    kept = []
    for out in cell["outputs"]:
        if out.get("name") == "stderr":
            lines = out["text"].splitlines(keepends=True)
            out["text"] = "".join(line for line in lines if not _NATIVE_LOG.match(line))
            if not out["text"].strip():
                continue
        kept.append(out)
    cell["outputs"] = kept


def describe_cell(cells: Sequence[Any], number: int) -> str:
    """Names a cell so that its writer finds it: number, tags and first line of code."""
    if not 0 <= number < len(cells):
        return "the cell after the last"
    lines = [line for line in cells[number]["source"].splitlines() if line.strip()]
    tags = cells[number]["metadata"].get("tags", ())
    tagged = f" [{', '.join(tags)}]" if tags else ""
    return f"code cell {number + 1} of {len(cells)}{tagged} ({lines[0][:60] if lines else 'empty'})"


def make_environment(*, profile: str, seed: int, results: Path, tree: Path) -> dict[str, str]:
    """Makes the variables of a chapter's process: this one's, and those that the package reads.

    `tree` is the folder whose `labhelpers` is to be imported, whichever is installed; where it
    holds none, the installed one is.
    """
    ahead = [str(tree)] if holds_package(tree) else []
    ahead += filter(None, [os.environ.get("PYTHONPATH")])
    return {
        **os.environ,
        **({"PYTHONPATH": os.pathsep.join(ahead)} if ahead else {}),
        "LABHELPERS_PROFILE": profile,
        "LABHELPERS_SEED": str(seed),
        RESULTS_VARIABLE: str(results),
        # A plot's backend that someone has set for scripts would show nothing in a notebook.
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
    }


def holds_package(tree: Path) -> bool:
    """Says whether a folder holds the package's code."""
    return (tree / "labhelpers" / "__init__.py").is_file()


def _read_report(cell: Any) -> dict[str, Any]:
    text = "".join(out["text"] for out in cell["outputs"] if out.get("name") == "stdout")
    # Whatever else is printed late, by a thread of the chapter's, comes on lines of its own.
    line = next(line for line in reversed(text.splitlines()) if line.startswith('{"records"'))
    return json.loads(line)


def _own_python() -> Any:
    """Returns a manager whose kernel is this Python, whatever else is registered."""

    class OwnPython(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            # Its warnings are about a network that this kernel is not on.
            return KernelSpec(**get_kernel_dict(["--IPKernelApp.log_level=40"]))

    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OwnPython())


def _end_kernel(client: Any) -> None:
    """Ends the kernel, also when it is in the middle of a cell."""
    with contextlib.suppress(Exception):
        if client.km is not None and client.km.has_kernel:
            run_sync(client.km.shutdown_kernel)(now=True)
        if client.kc is not None:
            client.kc.stop_channels()
