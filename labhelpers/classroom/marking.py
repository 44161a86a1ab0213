"""Marking a folder of students' notebooks, each in a child process with limits, never in this one.

That guards against accidents; code that sets out to do harm may do what this account may do.
"""

import contextlib
import csv
import dataclasses
import io
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

from labhelpers.classroom import marking_child
from labhelpers.classroom.student_code import Handed, read_handed
from labhelpers.lesson.book_error import UsageError
from labhelpers.lesson.exercises import find_exercise, list_exercises

RESULTS = ("passed", "hint", "not tried", "failed to run")
_BY_STATUS = {"right": "passed", "wrong": "hint", "not yet": "not tried"}
# What the child's Python needs of this process's variables, and nothing else of them.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "KERAS_BACKEND", "SYSTEMROOT", "TEMP")
_DEFINITIONS = "definitions"


@dataclass(frozen=True)
class Mark:
    """What became of one exercise of one student."""

    student: str  # the notebook's path in the folder
    exercise: str  # empty for what is wrong with the notebook as a whole
    result: str  # one of `RESULTS`
    message: str


def find_notebooks(folder: Path) -> list[Path]:
    """Finds the notebooks of a folder at any depth, by path, without the copies Jupyter keeps."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder: give the one with the students' notebooks")
    found = sorted(folder.rglob("*.ipynb"))
    found = [p for p in found if not any(s.startswith(".") for s in p.relative_to(folder).parts)]
    if not found:
        raise UsageError(f"there is no notebook (.ipynb) in {folder}")
    return found


def mark_folder(
    folder: Path,
    *,
    limit_s: float = 20.0,
    jobs: int = 1,
    on_done: Callable[[str, list[Mark]], None] | None = None,
) -> list[Mark]:
    """Marks all notebooks of a folder, `jobs` at a time, each of which is one student's.

    After `limit_s` seconds an exercise that does not answer is ended from outside: a check stops
    most that never end by itself, after the exercise's own ten seconds. `on_done` is called with
    each notebook's name and marks.
    """
    notebooks = find_notebooks(folder)

    def mark(path: Path) -> list[Mark]:
        name = path.relative_to(folder).as_posix()
        marks = mark_notebook(path, name=name, limit_s=limit_s)
        if on_done is not None:
            on_done(name, marks)
        return marks

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        return [mark for marks in pool.map(mark, notebooks) for mark in marks]


def mark_notebook(path: Path, *, name: str, limit_s: float = 20.0) -> list[Mark]:
    """Marks each exercise of the chapters that a notebook holds exercises of."""
    try:
        handed = read_handed(path)
    except (ValueError, OSError) as error:
        return [Mark(name, "", "failed to run", str(error))]
    wanted = list_wanted(handed)
    if not wanted:
        return [Mark(name, "", "not tried", "it holds no check of an exercise")]
    known: dict[str, tuple[str, str]] = {}
    for exercise in wanted:
        if fault := handed.find_broken(exercise):
            known[exercise] = ("failed to run", fault)
        elif exercise not in handed.answers:
            known[exercise] = ("not tried", "its check is not in the notebook any more")
        elif handed.answers[exercise].startswith("solution_"):
            known[exercise] = ("not tried", "the book's own solution was given to the check")
    left = [exercise for exercise in wanted if exercise not in known]
    while left:
        known.update(_run_child(handed, left, limit_s=limit_s))
        left = [exercise for exercise in left if exercise not in known]
    return [Mark(name, exercise, *known[exercise]) for exercise in wanted]


def list_wanted(handed: Handed) -> list[str]:
    """Lists the exercises of all chapters of which a notebook checks at least one."""
    homes = {name: find_exercise(name).steps.__module__ for name in list_exercises()}
    chapters = {homes.get(name) for name in handed.answers}
    unknown = sorted(name for name in handed.answers if name not in homes)
    return [name for name, home in homes.items() if home in chapters] + unknown


def _run_child(handed: Handed, exercises: list[str], *, limit_s: float) -> dict[str, Any]:
    """Runs exercises in one child until they are done or one of them ends it, so at least one."""
    task = {"code": handed.code, "answers": {name: handed.answers[name] for name in exercises}}
    known: dict[str, tuple[str, str]] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:
        child = _start(Path(empty))
        steps: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_listen, args=(child, task, steps), daemon=True).start()
        now, fault = _DEFINITIONS, ""
        try:
            while True:
                # Importing a backend may take a while on a busy machine.
                line = steps.get(timeout=max(60.0, limit_s) if now == _DEFINITIONS else limit_s)
                if line is None:
                    break
                step = json.loads(line)
                now = step.get("begins", now)
                if "status" in step:
                    result = _BY_STATUS.get(step["status"], "failed to run")
                    known[step["exercise"]] = (result, step["message"])
        except queue.Empty:
            fault = f"no answer after {limit_s:g} s, so it was ended"
        finally:
            _end(child)
    left = [exercise for exercise in exercises if exercise not in known]
    fault = fault or f"its process ended by itself (exit code {child.returncode})"
    if left and now == _DEFINITIONS:
        known.update(dict.fromkeys(left, ("failed to run", f"its definitions: {fault}")))
    elif left:
        known[now if now in left else left[0]] = ("failed to run", fault)
    return known


def _start(folder: Path) -> subprocess.Popen[str]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": mpl.get_configdir(),
        "LABHELPERS_PROFILE": "smoke",
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONIOENCODING": "utf-8",
    }
    # The command is this program's own; the student's code comes through the pipe.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", marking_child.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        text=True,
        encoding="utf-8",
        start_new_session=os.name != "nt",
    )


def _listen(child: subprocess.Popen[str], task: Any, steps: "queue.Queue[str | None]") -> None:
    """Hands the task over and the child's lines on; None at their end."""
    with contextlib.suppress(OSError, ValueError):
        child.stdin.write(json.dumps(task))
        child.stdin.close()
        for line in child.stdout:
            steps.put(line)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=5)
    steps.put(None)


def _end(child: subprocess.Popen[str]) -> None:
    """Ends a child and whatever it has started."""
    with contextlib.suppress(OSError):
        if os.name == "nt":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def write_csv(marks: Iterable[Mark]) -> str:
    """Writes marks as CSV, with a header; for a spreadsheet, too."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["student", "exercise", "result", "message"])
    for mark in marks:
        cells = dataclasses.astuple(mark)
        # A spreadsheet would take a cell that begins so for a formula.
        table.writerow([f"'{c}" if c.startswith(("=", "+", "-", "@")) else c for c in cells])
    return out.getvalue()


def count_results(marks: Iterable[Mark]) -> dict[str, dict[str, int]]:
    """Counts the results of each exercise."""
    counts: dict[str, dict[str, int]] = {}
    for mark in marks:
        row = counts.setdefault(mark.exercise or "(whole notebook)", dict.fromkeys(RESULTS, 0))
        row[mark.result] += 1
    return counts
