"""Measuring rows again, with other seeds."""

from __future__ import annotations

import pytest
from small_books import CHAPTER, CLAIMS

from labhelpers.authoring.chapters.sources import hash_row, read_source


def seeds_of(book, row):
    return {entry.seed: entry.value for entry in book.ledger() if entry.row == row}


def test_each_seed_is_measured_by_its_cells_alone_and_only_once(copied_book):
    # A cell that is only shown, and another row's, would fail: replicate must leave them out.
    text = copied_book.read("01_first")
    text = text.replace('say(f"The', '1 / 0\nsay(f"The').replace(
        'record("A2"', '1 / 0; record("A2"'
    )
    copied_book.write("01_first", text)

    first = copied_book.labs("book", "replicate", "A1", "--seeds", "2")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "1 of 1: A1 seed 1: test_score 0.51\n"  # seed 0 came with the book
    assert seeds_of(copied_book, "A1") == {0: 0.5, 1: 0.51}
    assert seeds_of(copied_book, "A2") == {0: 3}

    # The table in the committed notebook follows, though nothing in it ran.
    table = [
        "".join(cell["outputs"][0]["data"]["text/markdown"])
        for cell in copied_book.notebook("01_first")["cells"]
        if "".join(cell["source"]) == 'show_claims("A1")'
    ]
    assert table[0].endswith("| 2 | ≥ 0.5 | met |")

    again = copied_book.labs("book", "replicate", "A1", "--seeds", "2")
    assert again.stdout == "nothing to do: the ledger has them all\n"
    ledger = copied_book.ledger()
    forced = copied_book.labs("book", "replicate", "A1", "--seeds", "1", "--force")
    assert forced.stdout.startswith("1 of 1: A1 seed 0")
    assert [(e.row, e.seed, e.value) for e in copied_book.ledger()] == [
        (e.row, e.seed, e.value) for e in ledger
    ]


def test_without_rows_it_measures_what_the_claims_lack(copied_book):
    copied_book.claim(CLAIMS + CLAIMS.replace("A1", "A2").replace("test_score", "width"))
    done = copied_book.labs("book", "replicate", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert sorted(line.split(": ", 1)[1] for line in done.stdout.splitlines()) == [
        "A1 seed 1: test_score 0.51",
        "A2 seed 1: width 3",
    ]
    assert copied_book.labs("book", "claims").returncode == 0


def test_changed_code_is_measured_again_and_replaces_the_old(copied_book):
    text = copied_book.read("01_first")
    copied_book.write("01_first", text.replace("base = 0.5", "base = 0.7  # better"))
    stale = copied_book.labs("book", "stale")
    assert stale.returncode == 1
    assert "ledger: A1, A2, seed 0: made by other code than now" in stale.stdout
    done = copied_book.labs("book", "replicate", "A1", "--seeds", "1")
    assert done.stdout == "1 of 1: A1 seed 0: test_score 0.7\n"
    assert seeds_of(copied_book, "A1") == {0: 0.7}
    (entry,) = [entry for entry in copied_book.ledger() if entry.row == "A1"]
    assert entry.code == hash_row(
        read_source(copied_book.write("01_first", text.replace("base = 0.5", "base = 0.7"))), "A1"
    )


def test_a_failing_seed_keeps_those_before_it(copied_book):
    text = copied_book.read("01_first")
    fails = "score = base + get_seed() / 100\nassert get_seed() != 1, 'unlucky'"
    copied_book.write("01_first", text.replace("score = base + get_seed() / 100", fails))
    before = [entry for entry in copied_book.ledger() if entry.row == "A1"]
    done = copied_book.labs("book", "replicate", "A1", "--seeds", "3")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("labs: 01_first, A1 seed 1: code cell 4 of 4")
    assert done.stderr.splitlines()[-1].endswith("fails: AssertionError: unlucky")
    told = [entry for entry in copied_book.ledger() if entry.row == "A1"]
    assert [entry.seed for entry in told] == [0]
    assert told[0].code != before[0].code


@pytest.mark.parametrize("row", ["Z9", "a1", ""])
def test_an_unknown_row_is_bad_usage(small_book, row):
    done = small_book.labs("book", "replicate", row)
    assert done.returncode == 2
    assert done.stderr == f"labs: no chapter measures {row!r}; there are: A1, A2\n"


def test_a_row_has_one_chapter(small_book):
    small_book.write("02_second", CHAPTER)
    done = small_book.labs("book", "replicate", "A1")
    assert done.returncode == 1
    assert "A1 is measured by 01_first and 02_second" in done.stderr
