"""`labs sweep`: its options, its file, a kill, and a real cluster of two workers."""

from __future__ import annotations

import json
import signal

import pytest
from small_books import is_gone, run_labs, start_labs, wait_for

SMALL = ("sweep", "--settings", "4", "--images", "600", "--epochs", "3", "--output", "s.jsonl")


@pytest.fixture
def standin(monkeypatch, tmp_path):
    """A folder to work in, without data: drawn digits stand in."""
    monkeypatch.setenv("LABHELPERS_STANDIN", "1")
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path / "data"))
    return tmp_path


def read_records(path):
    lines = path.read_text().splitlines()
    assert json.loads(lines[0])["about"]["data"] == "MNIST (stand-in)"
    return [json.loads(line) for line in lines[1:]]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--backend", "ray"], "--backend must be one of loky, threading, dask"),
        (["--backend", "dask"], "--backend dask needs --address"),
        (["--address", "tcp://127.0.0.1:1"], "--address goes with --backend dask"),
        (["--backend", "dask", "--address", "tcp://x:1", "--jobs", "2"], "its workers decide"),
        (["--jobs", "0"], "--jobs must be at least 1"),
        (["--settings", "0"], "Invalid value for '--settings'"),
        (["--images", "70000"], "--images must be at most 60000"),
    ],
)
def test_bad_options_are_told_in_one_line(standin, options, told):
    done = run_labs("sweep", *options, cwd=standin)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("labs: ")
    assert told in line
    assert not (standin / "sweep.jsonl").exists()


def test_a_search_is_kept_told_and_gone_on_with(standin):
    done = run_labs(*SMALL, "--jobs", "2", cwd=standin)
    assert (done.returncode, done.stderr) == (0, "")
    records = read_records(standin / "s.jsonl")
    assert len(records) == 4 + 1
    assert done.stdout.count(" of 5: setting ") == 5
    assert "4 settings, 7 epochs; 0 failed" in done.stdout
    best = max(records, key=lambda one: (one["epochs"], one["history"][-1]["score"]))
    assert f"best on validation images: setting {best['number']}." in done.stdout
    # Cut short after two trainings and a half: the rest is trained, and comes out alike.
    path = standin / "s.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:3]) + lines[3][:40])
    again = run_labs(*SMALL, "--backend", "threading", cwd=standin)
    assert again.returncode == 0
    assert "going on after 2 trainings in s.jsonl" in again.stdout
    assert again.stdout.count(" of 5: setting ") == 3
    scores = [
        {(one["number"], one["epochs"]): one["history"] for one in found}
        for found in (records, read_records(path))
    ]
    assert scores[0].keys() == scores[1].keys()
    for key, history in scores[0].items():
        for one, other in zip(history, scores[1][key], strict=True):
            assert one == pytest.approx(other, abs=0.02)
    other = run_labs(*SMALL, "--seed", "1", cwd=standin)
    assert other.returncode == 1
    assert "s.jsonl holds another search (seed 0, not 1)" in other.stderr


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_kill_keeps_what_was_told(standin, number):
    wide = ("sweep", "--settings", "40", "--images", "6000", "--epochs", "3", "--jobs", "2")
    process = start_labs(*wide, cwd=standin)
    children = f"/proc/{process.pid}/task/{process.pid}/children"
    while not (told := [process.stdout.readline()])[0].startswith("1 of "):
        assert process.poll() is None
    with open(children) as file:  # noqa: PTH123
        workers = [int(pid) for pid in file.read().split()]
    assert len(workers) >= 2
    told.append(process.stdout.readline())
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    told += out.splitlines()
    records = read_records(standin / "sweep.jsonl")
    assert 2 <= len(told) <= len(records) < 40
    if number == signal.SIGTERM:
        assert process.returncode == 130
        assert err.splitlines()[-1].startswith("labs: stopped")
        assert "Traceback" not in err
    wait_for(lambda: all(map(is_gone, workers)), 60)


@pytest.fixture(scope="module")
def cluster():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs="ERROR"
    ) as cluster:
        yield cluster


def test_a_dask_cluster_searches_too(standin, cluster):
    address = cluster.scheduler_address
    done = run_labs(*SMALL, "--backend", "dask", "--address", address, cwd=standin)
    assert done.returncode == 0, done.stderr
    assert "4 settings, 7 epochs; 0 failed" in done.stdout
    there = read_records(standin / "s.jsonl")
    (standin / "s.jsonl").unlink()
    here = run_labs(*SMALL, "--jobs", "1", cwd=standin)
    assert here.returncode == 0
    assert len(there) == len(read_records(standin / "s.jsonl")) == 5


def test_a_cluster_that_is_not_there_is_told_in_one_line(standin):
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        done = run_labs(*SMALL, "--backend", "dask", "--address", address, cwd=standin)
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"labs: no Dask scheduler answers at {address}: start one")
    assert not (standin / "s.jsonl").exists()


def test_a_cluster_without_workers_is_told_in_one_line(standin):
    from distributed import LocalCluster

    with LocalCluster(n_workers=0, dashboard_address=None, silence_logs="ERROR") as empty:
        address = empty.scheduler_address
        done = run_labs(*SMALL, "--backend", "dask", "--address", address, cwd=standin)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"the scheduler at {address} has no workers" in line


def test_without_dask_the_way_to_it_is_told(standin, monkeypatch):
    blocked = standin / "blocked"
    blocked.mkdir()
    (blocked / "distributed.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'distributed'\", name='distributed')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(blocked))
    done = run_labs(*SMALL, "--backend", "dask", "--address", "tcp://127.0.0.1:9", cwd=standin)
    assert done.returncode == 1
    assert done.stderr == "labs: Dask is not installed: pip install -e '.[dask]'\n"
