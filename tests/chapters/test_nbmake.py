"""`pytest --nbmake book/notebooks` runs chapters in smoke, by this Python, and changes none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import json, os, sys
told = {"python": sys.executable, "profile": os.environ["LABHELPERS_PROFILE"]}
told["seed"] = os.environ.get("LABHELPERS_SEED")
open(os.environ["TOLD"], "w").write(json.dumps(told))
"""


def test_a_notebook_runs_in_smoke_by_this_python_and_stays_as_it_is(tmp_path):
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    output = new_output("stream", text="an output of the full run\n")
    notebook = new_notebook(cells=[new_code_cell(CODE, outputs=[output])], metadata=metadata)
    path = tmp_path / "a.ipynb"
    nbformat.write(notebook, path)
    before = path.read_bytes()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),  # for the settings in conftest.py, which are read as they are
        "TOLD": str(tmp_path / "told.json"),
        "LABHELPERS_SEED": "3",
    }
    environment.pop("LABHELPERS_PROFILE", None)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "--nbmake", str(path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    told = json.loads((tmp_path / "told.json").read_text())
    assert Path(told["python"]).samefile(sys.executable)
    assert told["python"] == sys.executable
    assert (told["profile"], told["seed"]) == ("smoke", None)
    assert path.read_bytes() == before
