"""The table of machines: one row a machine, bad rows told, and the command for real."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.machine_table import (
    MACHINES_NAME,
    Machine,
    draw_machines,
    merge_machine,
    parse_machine,
    read_machines,
    write_machines,
)
from labhelpers.training.speed import measure_product, measure_training

LAPTOP = Machine(
    cpu="A Processor",
    cores=2,
    memory_gb=15.5,
    gpu=None,
    matrix_unit="AMX",
    product={"float32": 100.0, "bfloat16": 400.0},
    training={"linear": 20_000.0, "hourglass": 300.0},
    versions={"python": "3.12.1", "keras": "3.10.0", "tensorflow": "2.20.0"},
    date="2026-01-31T12:00:00Z",
)
CARD = replace(LAPTOP, gpu="A Card", matrix_unit=None, product={"float32": 9_000.0})
GOOD = json.loads(write_machines([LAPTOP]))


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_table_is_read_as_it_was_written(tmp_path):
    path = tmp_path / MACHINES_NAME
    path.write_text(write_machines([LAPTOP, CARD]), encoding="utf-8")
    assert read_machines(path) == [LAPTOP, CARD]
    assert read_machines(tmp_path / "none.jsonl") == []


def test_the_same_machine_replaces_its_row():
    newer = replace(LAPTOP, product={"float32": 120.0}, date="2026-02-01T12:00:00Z")
    assert merge_machine([LAPTOP, CARD], newer) == [newer, CARD]


@pytest.mark.parametrize("other", [CARD, replace(LAPTOP, cores=4), replace(LAPTOP, cpu="B")])
def test_another_machine_gets_a_row_of_its_own(other):
    merged = merge_machine([LAPTOP], other)
    assert sorted(m.key for m in merged) == sorted([LAPTOP.key, other.key])
    assert merged == merge_machine([other], LAPTOP)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cores": "two"}, "cores"),
        ({"cores": True}, "cores"),
        ({"cores": 0}, "cores"),
        ({"cpu": " "}, "processor"),
        ({"gpu": 1}, "gpu"),
        ({"product": {"bfloat16": 3.0}}, "float32"),
        ({"product": {"float32": -1.0}}, "product float32"),
        ({"product": {"float32": "fast"}}, "product float32"),
        ({"training": {"linear": float("nan")}}, "training linear"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path, change, told):
    path = write(tmp_path / MACHINES_NAME, GOOD, {**GOOD, "cpu": "Another", **change})
    with pytest.raises(BookError, match=r"machines\.jsonl, line 2: ") as caught:
        read_machines(path)
    assert told in str(caught.value)


def test_a_row_that_lacks_a_field_or_is_no_object_is_refused():
    short = {name: value for name, value in GOOD.items() if name != "date"}
    with pytest.raises(BookError, match="here: the field date is missing; labs speed"):
        parse_machine(json.dumps(short), place="here")
    with pytest.raises(BookError, match="an object is wanted, but it is a list"):
        parse_machine("[]", place="here")
    with pytest.raises(BookError, match="not JSON"):
        parse_machine("{", place="here")


def test_two_rows_of_one_machine_are_refused(tmp_path):
    path = write(tmp_path / MACHINES_NAME, GOOD, GOOD)
    with pytest.raises(BookError, match=r"line 2: A Processor, 2 cores with AMX has a row"):
        read_machines(path)


def test_the_table_says_when_no_card_was_measured():
    assert "No graphics card has been measured yet" in draw_machines([LAPTOP])["text/markdown"]
    shown = draw_machines([LAPTOP, CARD])["text/markdown"]
    assert "No graphics card" not in shown
    assert "| A Processor, 2 cores with AMX | 100 | 400 (bfloat16) | 20,000 |" in shown
    assert "| A Card | 9,000 |" in shown
    assert "2026-01-31, tensorflow 2.20.0" in shown


def test_an_empty_table_says_how_to_fill_it():
    assert "labs speed" in draw_machines([])["text/plain"]


def test_the_books_own_table_is_in_order():
    assert read_machines()


def test_the_command_measures_and_writes_one_row(small_book):
    path = small_book.checkout.results / MACHINES_NAME
    path.write_text(write_machines([CARD]), encoding="utf-8")
    for _ in range(2):
        done = small_book.labs("speed", "--size", "32", "--steps", "1")
        assert done.returncode == 0, done.stderr
        machines = read_machines(path)
        assert len(machines) == 2
        assert CARD in machines
    (mine,) = (machine for machine in machines if machine != CARD)
    assert set(mine.training) == {"linear", "small_cnn", "hourglass", "regressor"}
    assert done.stdout.splitlines()[-1] in path.read_text(encoding="utf-8").splitlines()
    assert mine.name in done.stdout


def test_a_bad_table_is_told_before_anything_is_measured(small_book):
    path = small_book.checkout.results / MACHINES_NAME
    path.write_text("no JSON\n")
    done = small_book.labs("speed")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("labs: machines.jsonl, line 1: not JSON")
    assert path.read_text() == "no JSON\n"


def test_a_measurement_that_fails_is_told(small_book):
    done = small_book.labs("speed", "--size", "8", "--steps", "1", KERAS_BACKEND="nothing")
    assert done.returncode == 1
    assert done.stderr.startswith("labs: the measurement failed: ")
    assert not (small_book.checkout.results / MACHINES_NAME).exists()


def test_a_new_row_joins_the_table_that_a_notebook_shows(small_book):
    text = '# %% tags=["imports"]\nfrom labhelpers.lesson import record, show_machines\n\n'
    text += '# %% tags=["parameters"]\n\n# %% tags=["show"]\nshow_machines()\n'
    text += '\n# %% tags=["row-A1"]\nrecord("A1", "test_score", 1.0)\n'
    small_book.write("01_first", text)
    assert small_book.labs("book", "run", "01").returncode == 0
    notebook = small_book.checkout.notebooks / "01_first.ipynb"
    assert "No machine is in the table yet" in notebook.read_text(encoding="utf-8")
    done = small_book.labs("speed", "--size", "32", "--steps", "1")
    assert done.returncode == 0, done.stderr
    (mine,) = read_machines(small_book.checkout.results / MACHINES_NAME)
    assert mine.name in notebook.read_text(encoding="utf-8")


def test_rates_are_what_was_asked_for():
    assert measure_product("float32", size=16, rounds=3) > 0
    assert measure_training("linear", steps=1) > 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            lambda: measure_product("float32", size=0),
            "size must be a whole number of at least 1, but 0 came",
        ),
        (lambda: measure_training("vgg"), "name must be one of 'linear', 'small_cnn'"),
        (lambda: measure_training("linear", steps=0), "steps must be a whole number of at least 1"),
    ],
)
def test_what_cannot_be_measured_is_refused(wrong, told):
    with pytest.raises(ValueError, match=told):
        wrong()
