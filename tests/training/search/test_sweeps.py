"""Searches: halving, failures, going on after a stop, and the file."""

import json
import math
import os
import subprocess
import sys
import time

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from labhelpers.training import SweepError, make_rungs, run_sweep
from labhelpers.training.search.numpy_search import SEARCH_SPACE, train_numpy_setting


def climb(setting, epochs):
    """Scores that rise towards the setting's level, and never cross."""
    for epoch in range(1, epochs + 1):
        yield {"score": setting["level"] * (1 - 0.5**epoch)}


def stumble(setting, epochs):
    """As `climb`, but for those that fail in one way or another."""
    for epoch, measured in enumerate(climb(setting, epochs), start=1):
        fault = setting.get("fault")
        if fault == "raises" and epoch == 2:
            raise ZeroDivisionError("no\nway")
        if fault == "infinite":
            measured = {"score": 0.9, "loss": math.inf}
        if fault == "nameless":
            measured = {"loss": 1.0}
        if fault == "silent":
            return
        yield measured


def count_threads(setting, epochs):
    """Measures how many threads the matrix library has here."""
    threads = [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]
    yield {"score": 1.0, "threads": max(threads), "process": os.getpid()}


def levels(*values):
    return [{"level": value} for value in values]


def test_each_rung_keeps_a_third_and_trains_it_longer():
    found = run_sweep(climb, levels(*(n / 48 for n in range(48))))
    assert [sum(one.epochs == rung for one in found.outcomes) for rung in (1, 3, 9)] == [48, 16, 5]
    assert found.epochs == 48 * 1 + 16 * 3 + 5 * 9
    assert [one.number for one in found.last[:5]] == [47, 46, 45, 44, 43]
    assert found.best.setting == {"level": 47 / 48}
    assert found.best.score == pytest.approx(47 / 48 * (1 - 0.5**9))
    assert len(found.last) == 48


@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(st.floats(0, 1), min_size=1, max_size=30),
    factor=st.integers(2, 4),
    epochs=st.integers(1, 20),
)
def test_the_best_wins_where_curves_do_not_cross(values, factor, epochs):
    rungs = make_rungs(epochs, factor=factor)
    found = run_sweep(climb, levels(*values), rungs=rungs, factor=factor)
    assert found.best.setting["level"] == max(values)
    assert found.best.epochs == epochs


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("raises", "ZeroDivisionError: no way"),
        ("infinite", "diverged: loss is not finite after epoch 1"),
        ("nameless", "train must yield a mapping with a score"),
        ("silent", "train must yield a mapping with a score"),
    ],
)
def test_a_failing_setting_is_noted_and_the_search_goes_on(tmp_path, fault, told):
    path = tmp_path / "sweep.jsonl"
    tried = [{"level": 0.9, "fault": fault}, *levels(0.2, 0.5)]
    found = run_sweep(stumble, tried, rungs=(2, 4), path=path)
    failed = found.last[-1]
    assert failed.number == 0
    assert failed.score is None
    assert told in failed.failure
    assert found.best.number == 2
    assert found.best.epochs == 4
    assert told in path.read_text()
    again = run_sweep(stumble, tried, rungs=(2, 4), path=path, on_done=pytest.fail)
    assert again == found


def test_when_all_fail_the_first_reason_is_told():
    found = run_sweep(stumble, [{"level": 1, "fault": "raises"}] * 3, rungs=(3, 9))
    assert len(found.outcomes) == 3
    with pytest.raises(SweepError, match="every setting failed; the first one: ZeroDivisionError"):
        _ = found.best


@settings(max_examples=15, deadline=None)
@given(stop=st.integers(1, 16), cut=st.integers(0, 60))
def test_a_stopped_search_goes_on_and_trains_nothing_twice(tmp_path_factory, stop, cut):
    path = tmp_path_factory.mktemp("sweep") / "sweep.jsonl"
    tried = levels(*(n * 7 % 12 / 12 for n in range(12)))
    trained = []

    def watch(one, done, total):
        trained.append((one.number, one.epochs))
        assert total == 12 + 4 + 1
        if len(trained) == stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(climb, tried, path=path, on_done=watch)
    kept = path.read_bytes()
    # The kill came while a line was written: a part of it is there.
    half = json.dumps({"number": 3, "epochs": 9, "setting": {}, "history": []}).encode()[:cut]
    path.write_bytes(kept + half)
    found = run_sweep(climb, tried, path=path, on_done=lambda one, done, total: watch(one, 0, 17))
    assert sorted(trained) == sorted({(one.number, one.epochs) for one in found.outcomes})
    assert path.read_bytes().startswith(kept)
    strip = [(o.number, o.epochs, o.history) for o in run_sweep(climb, tried).outcomes]
    assert [(o.number, o.epochs, o.history) for o in found.outcomes] == strip


def test_a_file_of_another_search_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "sweep.jsonl"
    run_sweep(climb, levels(0.1, 0.2), path=path, about={"data": "MNIST"})
    before = path.read_bytes()
    for tried, rungs, data, told in (
        (levels(0.1), (1, 3, 9), "MNIST", "settings 2, not 1"),
        (levels(0.1, 0.3), (1, 3, 9), "MNIST", "digest"),
        (levels(0.1, 0.2), (1, 2), "MNIST", r"rungs \[1, 3, 9\], not \[1, 2\]"),
        (levels(0.1, 0.2), (1, 3, 9), "stand-in", "data MNIST, not stand-in"),
    ):
        with pytest.raises(SweepError, match=told):
            run_sweep(climb, tried, rungs=rungs, path=path, about={"data": data})
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["my notes", "my notes\n", '{"a": 1}\n', "[1]\n", "\n"])
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_text(content)
    with pytest.raises(SweepError, match=r"line 1 of .*notes\.txt is none of a search's"):
        run_sweep(climb, levels(0.1), path=path)
    assert path.read_text() == content


def test_two_searches_do_not_write_one_file(tmp_path):
    path = tmp_path / "sweep.jsonl"

    def meddle(one, done, total):
        with pytest.raises(SweepError, match="being written by another search"):
            run_sweep(climb, levels(0.1, 0.2), path=path)

    run_sweep(climb, levels(0.1, 0.2), path=path, on_done=meddle)
    assert len(path.read_text().splitlines()) == 1 + 2 + 1 + 1


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_every_training_keeps_to_one_thread_of_the_matrix_library(backend):
    before = threadpool_info()
    with joblib.parallel_config(backend, n_jobs=2):
        found = run_sweep(count_threads, levels(*range(6)), rungs=(1,))
    assert {one.history[0]["threads"] for one in found.outcomes} == {1}
    own = {one.history[0]["process"] == os.getpid() for one in found.outcomes}
    assert own == {backend == "threading"}
    assert threadpool_info() == before


# Searches with slow trainings, and says when the first has been kept.
SEARCH = """
import sys, time, joblib
from labhelpers.training import run_sweep
def train(setting, epochs):
    time.sleep(0.3)
    yield {"score": setting["level"]}
with joblib.parallel_config("loky", n_jobs=2):
    run_sweep(train, [{"level": n} for n in range(40)], rungs=(1,), path=sys.argv[1],
              on_done=lambda one, done, total: print(done, flush=True))
"""


def test_a_kill_loses_nothing_that_was_told(tmp_path):
    path = tmp_path / "sweep.jsonl"
    start = [sys.executable, "-c", SEARCH, str(path)]
    for kept in (2, 5):
        says = tmp_path / "told.txt"
        with says.open("w") as file:
            process = subprocess.Popen(start, stdout=file)
        while len(says.read_text().splitlines()) < kept:
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()
        process.wait()
        told = int(says.read_text().split()[-1])
        numbers = [json.loads(line)["number"] for line in path.read_text().splitlines()[1:]]
        assert len(numbers) == len(set(numbers)) >= told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"settings": []}, "settings must be at least one"),
        ({"rungs": (3, 1)}, "rungs must rise"),
        ({"rungs": ()}, "rungs must rise"),
        ({"factor": 1}, "factor must be"),
    ],
)
def test_what_is_no_search_is_refused(options, told):
    with pytest.raises((TypeError, ValueError), match=told):
        run_sweep(climb, **{"settings": levels(0.5), **options})


def test_a_trial_of_the_numpy_network_learns_or_diverges():
    labels = np.arange(600) % 10
    images = np.random.RandomState(0).randint(0, 100, (600, 28, 28)).astype(np.uint8)
    images[np.arange(600), 2 * labels + 4] += 100  # a bright row that tells the class
    data = (images[:500], labels[:500]), (images[500:], labels[500:])
    good = {
        "activation": "sigmoid",
        "initialisation": "glorot",
        "batch_size": 16,
        "rate": 0.5,
        "rate_decay": 0,
        "l2": 0,
    }
    measured = list(train_numpy_setting(good, 6, *data, widths=(784, 30, 10), seed=0))
    assert measured[-1]["score"] > 0.5
    assert measured[-1]["train_loss"] < measured[0]["train_loss"]
    assert set(good) == set(SEARCH_SPACE)
    # Beyond rate * l2 = 2 each step turns the weights' signs, and makes them larger.
    found = run_sweep(
        lambda setting, epochs: train_numpy_setting(setting, epochs, *data, seed=0),
        [good | {"rate": 30.0, "l2": 1.0}],
        rungs=(3,),
    )
    assert found.last[0].failure.startswith("diverged: ")
