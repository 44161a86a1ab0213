"""The ledger: entries, merging, and summaries."""

from __future__ import annotations

import json
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import (
    Entry,
    find_digits,
    ledger_summary,
    merge_entries,
    read_ledger,
    summarise,
    write_ledger,
)
from labhelpers.lesson.result_files import RESULTS_VARIABLE


def make(row="A1", metric="test_score", seed=0, code="c0", value=0.5, date="2026-01-01", **more):
    told = {
        "numbers": "n0",
        "unit": None,
        "parameters": None,
        "seconds": None,
        "device": None,
        "cpu": "a CPU",
    }
    told |= {"precision": None, "versions": {"python": "3.11.0"}} | more
    return Entry(row=row, metric=metric, seed=seed, code=code, value=value, date=date, **told)


entries = st.builds(
    make,
    row=st.sampled_from(["A1", "A2", "A10", "B1"]),
    metric=st.sampled_from(["loss", "test_score"]),
    seed=st.integers(0, 3),
    code=st.sampled_from(["old", "new"]),
    value=st.floats(allow_nan=False, allow_infinity=False),
)


@given(st.lists(entries))
def test_what_is_written_is_read_back(tmp_path_factory, ledger):
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    path.write_text(write_ledger(ledger), encoding="utf-8")
    again = read_ledger(path)
    assert sorted(map(repr, again)) == sorted(map(repr, ledger))
    assert write_ledger(again) == path.read_text(encoding="utf-8")


def test_lines_are_in_the_order_of_rows_metrics_and_seeds():
    ledger = [
        make(row=row, metric=metric, seed=seed)
        for row in ("B1", "A10", "A2")
        for metric in "ba"
        for seed in (1, 0)
    ]
    lines = [json.loads(line) for line in write_ledger(ledger).splitlines()]
    assert [(line["row"], line["metric"], line["seed"]) for line in lines] == [
        (row, metric, seed) for row in ("A2", "A10", "B1") for metric in "ab" for seed in (0, 1)
    ]


@given(st.lists(entries), st.lists(entries))
def test_a_run_replaces_all_of_its_row_and_seed_and_nothing_else(old, new):
    merged = merge_entries(old, new)
    keys = {(entry.row, entry.seed) for entry in new}
    assert [e for e in merged if (e.row, e.seed) in keys] == new
    assert [e for e in merged if (e.row, e.seed) not in keys] == [
        e for e in old if (e.row, e.seed) not in keys
    ]


def test_a_summary_has_the_sample_deviation():
    values = [0.25, 0.5, 1.0]
    ledger = [
        make(seed=n, value=v, seconds=n + 1.0, parameters=7, unit="px", device="a GPU")
        for n, v in enumerate(values)
    ]
    summary = summarise(ledger, "A1", "test_score")
    assert summary.mean == pytest.approx(statistics.fmean(values))
    assert summary.deviation == pytest.approx(statistics.stdev(values))
    assert (summary.n, summary.values) == (3, (0.25, 0.5, 1.0))
    assert (summary.unit, summary.parameters, summary.seconds) == ("px", 7, 2.0)
    assert summary.devices == ("a GPU",)
    assert str(summary) == "0.58 ± 0.38 px (n = 3)"


def test_only_the_newest_code_of_a_row_counts():
    ledger = [make(seed=n, value=0.1, code="old", date="2026-01-01") for n in range(5)]
    ledger = merge_entries(ledger, [make(seed=0, value=0.9, code="new", date="2026-02-01")])
    assert summarise(ledger, "A1", "test_score").values == (0.9,)
    # Also for a metric that the newest code no longer records.
    ledger = [make(metric="gone", code="old", date="2026-01-01"), ledger[-1]]
    assert summarise(ledger, "A1", "gone").n == 0


def test_without_entries_a_summary_is_empty_but_can_be_shown():
    summary = summarise([make(row="B1")], "A1", "test_score")
    assert summary.n == 0
    assert math.isnan(summary.mean)
    assert math.isnan(summary.deviation)
    assert str(summary) == "not measured yet"


@pytest.mark.parametrize(
    ("mean", "deviation", "digits"),
    [
        (0.978, 0.0012, 4),
        (0.978, 0.12, 2),
        (12.0, 3.4, 1),
        (120.0, 34.0, 0),
        (0.978, 1e-9, 6),
        (0.978, 0.0, 3),
        (0.978, math.nan, 3),
        (math.nan, math.nan, 3),
        (6269.8, math.nan, 1),
        (0.0123, math.nan, 4),
        (-1.2e-8, math.nan, 9),
        (0.0, math.nan, 3),
    ],
)
def test_as_many_decimals_are_shown_as_mean_something(mean, deviation, digits):
    assert find_digits(mean, deviation) == digits


def test_one_run_has_no_deviation():
    summary = summarise([make(value=0.98765)], "A1", "test_score")
    assert math.isnan(summary.deviation)
    assert str(summary) == "0.9877 (one run)"


def test_a_chapter_reads_the_ledger_it_is_given_and_sees_it_grow(tmp_path, monkeypatch):
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path))
    assert ledger_summary("A1", "test_score").n == 0
    path = tmp_path / "ledger.jsonl"
    path.write_text(write_ledger([make()]), encoding="utf-8")
    assert ledger_summary("A1", "test_score").mean == 0.5
    path.write_text(write_ledger([make(), make(seed=1)]), encoding="utf-8")
    assert ledger_summary("A1", "test_score").n == 2


@pytest.mark.parametrize("line", ["{}", "nonsense", "[1]", '{"row": "A1"}', "<<<<<<< ours"])
def test_a_broken_line_is_named(tmp_path, line):
    path = tmp_path / "ledger.jsonl"
    path.write_text(write_ledger([make()]) + line + "\n", encoding="utf-8")
    with pytest.raises(BookError, match=r"ledger\.jsonl, line 2: not an entry") as caught:
        read_ledger(path)
    assert "\n" not in str(caught.value)


def test_the_books_own_ledger_can_be_read_and_is_in_order():
    from labhelpers.lesson.result_files import find_results

    path = find_results() / "ledger.jsonl"
    assert write_ledger(read_ledger(path)) == path.read_text(encoding="utf-8")


def test_a_mean_over_rows_of_different_code_or_versions_says_so():
    versions = {"keras": "3.15.1", "numpy": "2.4.6", "backend": "jax", "backend_version": "0.6"}
    same = [make(seed=seed, versions=versions) for seed in range(3)]
    assert "code" not in str(summarise(same, "A1", "test_score"))
    # Another Python does not move a number.
    told = summarise(
        [*same, make(seed=3, versions=versions | {"python": "3.13"})], "A1", "test_score"
    )
    assert told.differing == ()
    other = make(seed=3, numbers="n1", versions=versions | {"keras": "3.16.0"})
    told = summarise([*same, other], "A1", "test_score")
    assert told.differing == ("different code", "Keras 3.15.1 and 3.16.0")
    assert str(told).endswith("(n = 4; different code, Keras 3.15.1 and 3.16.0)")
