"""Tables in the page."""

import numpy as np
import pytest
from markdown_it import MarkdownIt

from labhelpers.insight import show_table


def read(bundle):
    """The table as a reader's browser would hold it: rows of (text, style)."""
    tokens = MarkdownIt("commonmark").enable("table").parse(bundle["text/markdown"])
    rows = []
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append((tokens[index + 1].content, token.attrGet("style") or ""))
    return rows


def test_a_table_holds_its_cells(shown):
    show_table(["model", "score"], [["one layer", "0.99"], ["guess", "0.33"]])
    assert set(shown[0]) == {"text/markdown", "text/plain"}
    rows = read(shown[0])
    assert [[text for text, _ in row] for row in rows] == [
        ["model", "score"],
        ["one layer", "0.99"],
        ["guess", "0.33"],
    ]


def test_numbers_are_written_alike_and_set_flush_right(shown):
    show_table(
        ["model", "parameters", "score"],
        [["a", 15555, 0.98765], ["b", np.int64(7), np.float32(0.5)], ["c", None, 1.0]],
    )
    rows = read(shown[0])
    assert [text for text, _ in rows[1]] == ["a", "15,555", "0.988"]
    assert [text for text, _ in rows[2]] == ["b", "7", "0.500"]
    assert [text for text, _ in rows[3]] == ["c", "", "1.000"]
    for row in rows:
        assert "left" in row[0][1]
        assert "right" in row[1][1]
        assert "right" in row[2][1]


@pytest.mark.parametrize(
    "cell", ["1,234", "0.98 ± 0.01", "97 %", "-3.5", "\u22123.5", "2.1x", "2.1 \u00d7", "±0.2"]
)
def test_texts_of_numbers_are_set_flush_right(shown, cell):
    show_table(["n"], [[cell], [""]])
    assert "right" in read(shown[0])[1][0][1]


@pytest.mark.parametrize("cell", ["12 px wide", "a", "3 of 4"])
def test_other_texts_are_set_flush_left(shown, cell):
    show_table(["n"], [[cell]])
    assert "left" in read(shown[0])[1][0][1]


def test_digits_can_be_chosen(shown):
    show_table(["x"], [[0.123456]], digits=5)
    assert read(shown[0])[1][0][0] == "0.12346"


def test_upright_bars_do_not_break_cells(shown):
    show_table(["p(a|b)", "x"], [["`a|b`", "c|d"]])
    rows = read(shown[0])
    assert [text for text, _ in rows[0]] == ["p(a|b)", "x"]
    assert [text for text, _ in rows[1]] == ["`a|b`", "c|d"]


def test_line_breaks_do_not_break_rows(shown):
    show_table(["x"], [["one\ntwo"]])
    assert read(shown[0])[1][0][0] == "one two"


def test_truth_values_are_words(shown):
    show_table(["relu", "pool"], [[True, np.bool_(False)]])
    assert [text for text, _ in read(shown[0])[1]] == ["yes", "no"]


def test_the_decisive_column_is_marked_in_its_title_only(shown):
    show_table(["model", "p(a|b)", "score"], [["a", 0.5, 0.9]], decisive="p(a|b)")
    titles, cells = ([text for text, _ in row] for row in read(shown[0]))
    assert titles == ["model", '<span class="decisive">p(a|b)</span>', "score"]
    assert cells == ["a", "0.500", "0.900"]
    assert "decisive" not in shown[0]["text/plain"]


@pytest.mark.parametrize(
    ("decisive", "said"),
    [
        ("scores", r"decisive .* \('model', 'score', 'score'\), but 'scores' .* of none"),
        ("score", "of 2"),
        (2, "of none"),
        ("", "of none"),
    ],
)
def test_a_decisive_column_that_is_not_there_once_is_refused(shown, decisive, said):
    with pytest.raises(ValueError, match=said):
        show_table(["model", "score", "score"], [["a", 0.9, 0.8]], decisive=decisive)
    assert len(shown) == 0


def test_a_caption_stands_over_the_table(shown):
    show_table(["x"], [[1]], caption="Scores on the test images.")
    assert shown[0]["text/markdown"].startswith("*Scores on the test images.*\n\n|")
    assert shown[0]["text/plain"].startswith("Scores on the test images.\n")


def test_plain_text_is_aligned(shown):
    show_table(["model", "n"], [["one layer", 15555], ["b", 7]])
    assert shown[0]["text/plain"].splitlines() == [
        "model           n",
        "one layer  15,555",
        "b               7",
    ]


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        (["a", "b"], [["1"]], "2 cells each"),
        (["a", "b"], [["1", "2"], ["1", "2", "3"]], "row 2"),
        (["a", "b"], ["ab"], "row 1"),
        (["a"], [], "at least one row"),
        ([], [[]], "at least one title"),
    ],
)
def test_rows_that_do_not_fit_are_refused(shown, header, rows, said):
    with pytest.raises(ValueError, match=said):
        show_table(header, rows)
    assert len(shown) == 0
