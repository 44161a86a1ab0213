"""What counts as the same text in two runs, and what as a difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_output

from labhelpers.authoring.trust.compare import (
    compare_cells,
    compare_records,
    is_same_text,
    pair_cells,
)
from labhelpers.insight.show.tables import draw_table
from labhelpers.training.times import timing

WORDS = st.lists(st.sampled_from(["score", "0.93", "-1.5", "of", "3,000", "**", "±"]), min_size=1)
SECONDS = st.floats(min_value=0, max_value=1e4).map(lambda s: f"{s:,.1f}")


@given(WORDS, SECONDS, SECONDS, WORDS)
def test_a_time_marked_in_either_text_is_passed_over(before, first, second, after):
    def write(time):
        return " ".join([*before, time, "s", *after])

    assert is_same_text(write(timing(first)), write(timing(second)))
    assert is_same_text(write(first), write(timing(second)))
    assert is_same_text(write(timing(first)), write(second))
    assert is_same_text(write(first), write(second)) is (first == second)


@given(WORDS, WORDS)
def test_texts_of_other_words_are_not_the_same(first, second):
    assert is_same_text(" ".join(first), "\n ".join(second)) is (first == second)


def test_a_marked_text_of_several_words_stands_for_one():
    assert is_same_text(
        f"1 epoch in {timing('2.1 s, 300 images a second')}; loss 0.5",
        f"1 epoch in {timing('12.1 s')}; loss 0.5",
    )
    assert is_same_text(
        "1 epoch in 9.1 s, 3 images a second; loss 0.5",
        f"1 epoch in {timing('2.1 s, 300 images a second')}; loss 0.5",
    )
    assert not is_same_text(f"in {timing('2 s')}; loss 0.5", f"in {timing('2 s')}; loss 0.6")


def test_tables_are_compared_by_their_cells_not_by_their_widths():
    def draw(seconds, score):
        return draw_table(["network", "seconds", "score"], [["one", timing(seconds), score]])

    for kind in ("text/markdown", "text/plain"):
        assert is_same_text(draw("1", 0.5)[kind], draw("1,234,567", 0.5)[kind])
        assert not is_same_text(draw("1", 0.5)[kind], draw("1", 0.6)[kind])
    # A marked number still stands flush right, as wide as it is seen.
    assert "---:" in draw("12", 0.5)["text/markdown"].splitlines()[1].split("|")[2]
    header, row = draw("1,234,567", 0.5)["text/plain"].replace("\u2060", "").splitlines()
    assert len(header) == len(row)


def test_values_are_compared_exactly_and_times_not_at_all():
    before = [
        {"row": "A1", "metric": "score", "value": 0.5},
        {"row": "A1", "metric": "speed", "value": 3.0},
        {"row": "A2", "metric": "lost", "value": 1},
    ]
    after = [
        {"row": "A1", "metric": "score", "value": 0.5000001, "timing": False},
        {"row": "A1", "metric": "speed", "value": 9.0, "timing": True},
    ]
    told = [str(difference) for difference in compare_records(before, after)]
    assert told == ["A1 score: 0.5 before, 0.5000001 now", "A2 lost: 1 before, nothing now"]


def cell(text, tags=(), source="say(x)"):
    outputs = [new_output("display_data", data={"text/plain": text})] if text else []
    return new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})


def test_the_sentence_that_moved_is_named_with_its_cell():
    before, after = cell("One.\nThe score is 0.5."), cell("One.\nThe score is 0.6.")
    (difference,) = compare_cells(before, after, number=6)
    assert str(difference) == ('code cell 7: "The score is 0.5." before, "The score is 0.6." now')
    assert compare_cells(before, before, number=6) == []
    (lost,) = compare_cells(before, cell(""), number=0)
    assert lost.after == ""


@pytest.mark.parametrize(
    ("tags", "source"),
    [(["quiz"], "quiz(x)"), (["exercise-a-check"], "check(x)"), ([], 'show_claims("A1")')],
)
def test_what_is_renewed_without_a_run_is_not_compared(tags, source):
    assert compare_cells(cell("a", tags, source), cell("b", tags, source), number=0) == []


def test_cells_pair_by_number_or_by_what_they_show():
    a, b, silent = cell("a", [], "a()"), cell("b", [], "b()"), cell("")
    assert pair_cells([a, silent, b], [a, silent, b]) == [(0, 0), (1, 1), (2, 2)]
    assert pair_cells([a, b], [a, silent, b]) == [(0, 0), (1, 2)]
    # One that was taken out leaves the others; one that came has nothing to stand for.
    assert pair_cells([a, b], [b]) == [(1, 0)]
    assert pair_cells([a], [a, b]) is None


def test_what_marks_a_text_for_the_page_is_no_part_of_what_it_says():
    title = "| ours (mean) |"
    styled = '| <span class="decisive">ours (mean)</span> |'
    assert is_same_text(title, styled)
    assert not is_same_text(title, styled.replace("mean", "median"))
