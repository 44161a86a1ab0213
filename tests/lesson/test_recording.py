"""What a chapter may record."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from labhelpers.lesson import record, recording


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """What this test records, and nothing else."""
    fresh: dict = {}
    monkeypatch.setattr(recording, "_kept", fresh)
    return fresh


RUN = SimpleNamespace(parameters=7, seconds=1.5, device="a GPU", precision="bfloat16", history={})


@pytest.mark.parametrize(
    "value", [0.5, np.float32(0.5), np.float64(0.5), np.array(0.5), np.array([[0.5]])]
)
def test_numbers_of_any_library_become_plain(kept, value):
    record("A1", "test_score", value)
    (entry,) = kept.values()
    assert type(entry["value"]) is float
    assert entry["value"] == 0.5
    assert json.loads(json.dumps(entry)) == entry


def test_whole_numbers_stay_whole(kept):
    record("B2", "errors", np.int64(3))
    assert type(kept["B2", "errors"]["value"]) is int


def test_a_tensor_of_a_backend_is_a_number(kept):
    record("A1", "loss", SimpleNamespace(numpy=lambda: np.float32(0.25)))
    assert kept["A1", "loss"]["value"] == 0.25


def test_the_run_says_what_it_took(kept):
    record("A1", "test_score", 0.5, run=RUN, unit="px")
    (entry,) = kept.values()
    assert entry == {
        "row": "A1",
        "metric": "test_score",
        "value": 0.5,
        "unit": "px",
        "timing": False,
        "parameters": 7,
        "seconds": 1.5,
        "device": "a GPU",
        "precision": "bfloat16",
    }


def test_recording_again_replaces(kept):
    record("A1", "test_score", 0.25)
    record("A1", "test_score", 0.5)
    assert [entry["value"] for entry in kept.values()] == [0.5]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("A1", "s", [0.5]), "value of A1 s"),
        (("A1", "s", np.zeros(3)), "value of A1 s"),
        (("A1", "s", "0.5"), "value of A1 s"),
        (("A1", "s", None), "value of A1 s"),
        (("A1", "s", True), "value of A1 s"),
        (("A1", "s", float("nan")), "value of A1 s"),
        (("A1", "s", np.float32("inf")), "value of A1 s"),
        (("one", "s", 1), "row"),
        ((1, "s", 1), "row"),
        (("A1", "Test score", 1), "metric"),
        (("A1", "", 1), "metric"),
    ],
)
def test_anything_else_is_refused_by_its_name(kept, arguments, name):
    with pytest.raises(ValueError, match=rf"^{name} must be .*, but is "):
        record(*arguments)
    assert kept == {}


def test_a_unit_is_a_text():
    with pytest.raises(ValueError, match=r"^unit must be a text"):
        record("A1", "s", 1, unit=3)


def test_a_process_describes_itself_without_loading_a_backend():
    code = (
        "import json, sys\n"
        "from labhelpers.lesson import record\n"
        "from labhelpers.lesson.recording import describe_process\n"
        'record("A1", "test_score", 0.5)\n'
        "told = json.loads(describe_process())\n"
        'assert not {"keras", "tensorflow", "jax", "torch"} & set(sys.modules)\n'
        "print(json.dumps(told))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert [entry["value"] for entry in told["records"]] == [0.5]
    assert told["standins"] == []
    assert told["machine"]["cpu"]
    assert told["machine"]["cores"] >= 1
    assert told["versions"]["python"].startswith(f"{sys.version_info[0]}.{sys.version_info[1]}.")


@pytest.mark.parametrize("words", ["SGD, decay 3e-4", "no batch norm", "0 to 255", "a -- b_", "A"])
def test_words_become_names_that_record_takes(words, kept):
    record("A1", recording.name_metric(f"score {words}"), 1.0)
    ((_, metric),) = kept
    assert metric.split("_")[1:] == recording.name_metric(words).split("_")
