"""Claims: how they are written, and how they are judged."""

from __future__ import annotations

import pytest
from small_books import CLAIMS

from labhelpers.lesson import reported, show_claims
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.claims import Claim, judge_all, judge_claims, load_claims
from labhelpers.lesson.ledger import Entry, write_ledger
from labhelpers.lesson.result_files import RESULTS_VARIABLE


def make_entries(*values, row="A1", metric="test_score"):
    return [
        Entry(
            row, metric, n, "c0", "n0", v, None, None, None, None, "a CPU", None, {}, "2026-01-01"
        )
        for n, v in enumerate(values)
    ]


def make_claim(**goal):
    told = {"row": "A1", "metric": "test_score", "what": "a score", "source": "a report"}
    return Claim(**told, reported=None, **{"seeds": 2, **goal})


def verdict(claim, *values):
    (judgement,) = judge_claims([claim], make_entries(*values))
    return judgement.verdict


def test_the_mean_is_judged_not_a_single_run():
    claim = make_claim(at_least=0.9)
    assert verdict(claim, 0.7, 1.2) == "met"
    assert verdict(claim, 0.89, 0.9) == "missed"
    assert verdict(claim, 0.9, 0.9) == "met"


def test_each_kind_of_goal():
    assert verdict(make_claim(at_most=0.1), 0.05, 0.05) == "met"
    assert verdict(make_claim(at_most=0.1), 0.2, 0.2) == "missed"
    assert verdict(make_claim(between=(1.0, 2.0)), 1.5, 1.5) == "met"
    assert verdict(make_claim(between=(1.0, 2.0)), 2.5, 2.5) == "missed"
    assert verdict(make_claim(between=(1.0, 2.0)), 0.5, 0.5) == "missed"
    assert verdict(make_claim(), 0.5, 0.5) == "shown"


def test_too_few_runs_are_no_result_however_good():
    assert verdict(make_claim(at_least=0.9), 1.0) == "too few runs"
    assert verdict(make_claim(at_least=0.9)) == "too few runs"
    assert verdict(make_claim(at_least=0.9, argued="x")) == "too few runs"


def test_an_argument_counts_only_where_the_goal_is_not_met():
    claim = make_claim(at_least=0.9, argued="The reported number was scored on training data.")
    assert verdict(claim, 0.5, 0.5) == "argued"
    assert verdict(claim, 0.95, 0.95) == "met"


RIGHT = CLAIMS.strip()
# What is wrong in the file, and the word by which its writer finds it.
WRONG = {
    "row = 3": ('row = "A1"', "row = 3", "row"),
    "no metric": ('metric = "test_score"\n', "", "metric"),
    "empty source": ('source = "a report"', 'source = " "', "source"),
    "text as goal": ("at_least = 0.5", 'at_least = "0.5"', "at_least"),
    "one end": ("at_least = 0.5", "between = [1]", "between"),
    "ends swapped": ("at_least = 0.5", "between = [2, 1]", "between"),
    "no seeds": ("seeds = 2", "seeds = 0", "seeds"),
    "true seeds": ("seeds = 2", "seeds = true", "seeds"),
    "list reported": ("reported = 0.9", "reported = [1]", "reported"),
    "empty argument": ("seeds = 2", 'seeds = 2\nargued = ""', "argued"),
    "misspelt": ("at_least", "atleast", "atleast"),
    "not TOML": ("[[claim]]", "[[claim", "line 1"),
    "other table": ("[[claim]]", "[[claims]]", "[[claim]]"),
    "twice": (RIGHT, f"{RIGHT}\n{RIGHT}", "A1 test_score"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_mistake_in_the_file_is_named(tmp_path, fault):
    old, new, told = WRONG[fault]
    assert old in RIGHT
    path = tmp_path / "claims.toml"
    path.write_text(RIGHT.replace(old, new), encoding="utf-8")
    with pytest.raises(BookError) as caught:
        load_claims(path)
    assert str(caught.value).startswith("claims.toml")
    assert told in str(caught.value)


def test_the_books_own_claims_are_well_formed_and_each_reported_one_has_its_source():
    claims = load_claims()
    assert {"A1", "B2"} <= {claim.row for claim in claims}
    assert all(claim.source.strip() for claim in claims)


def test_a_chapter_can_ask_what_was_reported(tmp_path, monkeypatch):
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path))
    (tmp_path / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    assert reported("A1", "test_score") == 0.9
    with pytest.raises(KeyError, match=r"no claim A1 loss; claims\.toml has A1 test_score"):
        reported("A1", "loss")


def test_a_chapter_can_show_claims(tmp_path, monkeypatch, shown):
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path))
    (tmp_path / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    ledger = write_ledger(make_entries(0.5, 0.75))
    (tmp_path / "ledger.jsonl").write_text(ledger, encoding="utf-8")
    show_claims("A1")
    header, _, row = shown[0]["text/markdown"].splitlines()
    ours = '<span class="decisive">ours (mean)</span>'
    assert header == f"| row | what | reported | {ours} | deviation | runs | goal | verdict |"
    assert row == "| A1 | a score | 0.9 | 0.62 | 0.18 | 2 | ≥ 0.5 | met |"
    with pytest.raises(ValueError, match=r"rows must be among those with a claim \(A1\)"):
        show_claims("A1", "Z9")


def test_labs_claims_says_what_is_broken(small_book):
    done = small_book.labs("book", "claims")
    assert done.returncode == 1
    assert done.stderr == "labs: of 1 claims, 1 with too few runs (labs book replicate)\n"
    path = small_book.checkout.results / "ledger.jsonl"
    path.write_text(write_ledger(make_entries(0.25, 0.25)), encoding="utf-8")
    done = small_book.labs("book", "claims")
    assert (done.returncode, done.stderr) == (1, "labs: of 1 claims, 1 missed\n")
    assert done.stdout.splitlines()[-1].split() == (
        ["A1", "a", "score", "0.9", "0.250", "0.000", "2", "≥", "0.5", "missed"]
    )
    small_book.claim(CLAIMS + 'argued = "Because."\n')
    done = small_book.labs("book", "claims")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip().endswith("argued")
    assert judge_all(small_book.checkout.results)[0].claim.argued == "Because."
