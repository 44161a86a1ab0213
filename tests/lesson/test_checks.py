"""Exercise checks: an answer at once, a hint that fits, and never an error."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from labhelpers.lesson.checks import check, examine
from labhelpers.lesson.exercises import Failed, exercise, expect, find_exercise, list_exercises

HINT = "Every pixel is connected to every class."
BIAS = "You counted the weights; each class also has a bias."


@pytest.fixture(autouse=True)
def exercises(exercises_put_back):
    @exercise("sample-count", hint=HINT, done="One weight for each pixel and class.", limit_s=0.5)
    def _(answer):
        yield expect(
            answer,
            72,
            3,
            right=15555,
            hints={
                BIAS: 15552,
                "A number of weights cannot be negative.": lambda n: n < 0,
            },
        )
        yield expect(answer, 28, 10, right=7850, hint="Does it still hold for other sizes?")

    @exercise("sample-broken", hint="A hint.")
    def _(answer):
        yield expect(answer, 1, right=1)
        raise KeyError("the book's own")

    @exercise("sample-praise", hint="A hint.", done="Whatever it is.")
    def _(answer):
        value = answer()
        if value is None:
            yield Failed("", untouched=True)
        return f"You measured {value}." if value else None

    @exercise("sample-direct", hint="A hint.")
    def _(answer):
        if answer(2) != 4:
            yield "Twice two is four."


def count(side_px, num_classes):
    return side_px**2 * num_classes + num_classes


def test_the_right_answer_gets_a_tick():
    verdict = examine("sample-count", count)
    assert verdict.status == "right"
    assert verdict.text == "✓ Right. One weight for each pixel and class."


def test_a_known_mistake_gets_its_hint():
    verdict = examine("sample-count", lambda s, k: s * s * k)
    assert verdict.status == "wrong"
    assert BIAS in verdict.message
    assert "15552" in verdict.message
    assert "15555" not in verdict.message


def test_a_mistake_known_by_a_rule_gets_its_hint():
    assert "cannot be negative" in examine("sample-count", lambda s, k: -1).message


def test_an_unknown_mistake_gets_the_first_hint_and_what_came():
    verdict = examine("sample-count", lambda s, k: 12)
    assert verdict.status == "wrong"
    assert HINT in verdict.message
    assert "(72, 3)` returned `12`" in verdict.message


def test_a_number_learnt_by_heart_is_found_out():
    verdict = examine("sample-count", lambda s, k: 15555)
    assert verdict.status == "wrong"
    assert "other sizes" in verdict.message


def unimplemented(side_px, num_classes):
    raise NotImplementedError


@pytest.mark.parametrize(
    "stub",
    [lambda s, k: None, lambda s, k: ..., unimplemented, None, ...],
    ids=["nothing", "dots", "unimplemented", "no function", "dots for a function"],
)
def test_a_stub_as_it_was_is_met_with_patience_and_without_a_hint(stub):
    verdict = examine("sample-count", stub)
    assert verdict.status == "not yet"
    assert verdict.text.startswith("… Not yet. Nothing is answered yet")
    assert HINT not in verdict.message
    assert BIAS not in verdict.message


def test_a_hint_answers_the_first_attempt():
    assert HINT in examine("sample-count", lambda s, k: 1).message


def test_an_exercise_may_word_its_praise_by_the_answer():
    assert examine("sample-praise", lambda: 3).text == "✓ Right. You measured 3."
    assert examine("sample-praise", lambda: 0).text == "✓ Right. Whatever it is."
    assert examine("sample-praise", lambda: None).status == "not yet"


def test_printing_in_place_of_returning_is_recognised(capsys):
    verdict = examine("sample-count", lambda s, k: print(count(s, k)))
    assert verdict.status == "wrong"
    assert "`15555`" in verdict.message
    assert "`return`" in verdict.message
    assert capsys.readouterr().out == ""


def test_what_was_printed_on_the_way_is_shown():
    def chatty(s, k):
        print("s is", s)
        return 12

    assert "`s is 72`" in examine("sample-count", chatty).message


def test_a_result_in_place_of_the_function_is_recognised():
    verdict = examine("sample-count", 15555)
    assert verdict.status == "wrong"
    assert "without parentheses" in verdict.message
    assert 'check("sample-count", name_of_your_function)' in verdict.message


def raising(error):
    def answer(s, k):
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "name", "cause"),
    [
        (lambda s, k: s * s * kk, "NameError", "spelt"),  # noqa: F821
        (lambda s: s, "TypeError", "number of the parameters"),
        (lambda s, k: ... + s, "TypeError", "`...` still there"),
        (lambda s, k: s + "1", "TypeError", "another kind"),
        (lambda s, k: [1, 2][s], "IndexError", "counting begins at 0"),
        (lambda s, k: s / 0, "ZeroDivisionError", "zero"),
        (lambda s, k: {}[s], "KeyError", "keys"),
        (lambda s, k: s.shape, "AttributeError", "spelt"),
        (lambda s, k: np.zeros(3) + np.zeros(4), "ValueError", "`.shape`"),
        (lambda s, k: np.zeros((2, 3)) @ np.zeros((2, 3)), "ValueError", "`.shape`"),
        (lambda s, k: max(np.eye(2)), "ValueError", "NumPy's own"),
        (lambda s, k: int("x"), "ValueError", "print it"),
        (raising(AssertionError()), "AssertionError", "assert"),
        (raising(MemoryError()), "MemoryError", "memory"),
        (raising(OSError("no such file")), "OSError", "no such file"),
    ],
)
def test_an_error_in_the_answer_is_explained(answer, name, cause):
    verdict = examine("sample-count", answer)
    assert verdict.status == "wrong"
    assert name in verdict.message
    assert cause in verdict.message


def test_the_line_that_failed_is_shown():
    def answer(s, k):
        weights = s * s * k
        return weights / (k - k)

    assert "in the line `return weights / (k - k)`" in examine("sample-count", answer).message


def test_endless_recursion_is_explained():
    def answer(s, k):
        return answer(s, k)

    assert "without end" in examine("sample-count", answer).message


def test_exit_does_not_end_the_kernel():
    assert "`return`" in examine("sample-count", lambda s, k: exit()).message


def test_a_reader_s_interruption_is_no_error():
    assert examine("sample-count", raising(KeyboardInterrupt())).status == "not yet"


def test_steps_may_call_the_answer_themselves():
    assert examine("sample-direct", lambda x: x + x).status == "right"
    assert examine("sample-direct", lambda x: 5).message == "Twice two is four."
    verdict = examine("sample-direct", lambda x: x / 0)
    assert verdict.status == "wrong"
    assert "ZeroDivisionError" in verdict.message


def test_a_mistake_of_the_book_s_is_owned_up_to():
    verdict = examine("sample-broken", lambda x: x)
    assert verdict.status == "broken"
    assert "not yours" in verdict.message


def test_an_unknown_exercise_lists_near_ones():
    verdict = examine("sample-cuont", count)
    assert verdict.status == "unknown"
    assert "`sample-count`" in verdict.message
    assert examine("zzzz", count).status == "unknown"
    assert examine(None, count).status == "unknown"


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.roles, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.roles += [v for k, v in attrs if k == "role"]

    def handle_data(self, data):
        self.text += data


def read(bundle):
    reader = Reader()
    reader.feed(re.sub(r"<style>.*?</style>", "", bundle["text/html"], flags=re.DOTALL))
    return reader


def test_the_answer_is_shown_in_words_and_announced(shown):
    check("sample-count", count)
    check("sample-count", lambda s, k: s * s * k)
    assert len(shown) == 2
    assert set(shown[0]) == {"text/html", "text/plain"}
    right, wrong = read(shown[0]), read(shown[1])
    assert right.roles == wrong.roles == ["status"]
    assert "✓ Right." in right.text
    assert "✗ Not right yet." in wrong.text
    assert BIAS in wrong.text
    assert "code" in wrong.tags
    assert shown[1]["text/plain"].startswith("✗ Not right yet. `")


def test_nothing_a_student_writes_becomes_markup(shown):
    check("sample-count", lambda s, k: "<img src=x onerror=alert(1)>&`<b>`")
    check("<script>alert(1)</script>", count)
    check("sample-count", raising(ValueError("<img src=x>")))
    for bundle in shown[0], shown[1], shown[2]:
        reader = read(bundle)
        assert set(reader.tags) <= {"div", "p", "strong", "code"}
    assert "<lambda>(72, 3)" in read(shown[0]).text
    assert "<script>alert(1)</script>" in read(shown[1]).text
    assert "<img src=x>" in read(shown[2]).text


def test_an_exercise_without_a_hint_or_under_a_wrong_name_is_refused():
    with pytest.raises(ValueError, match="hint must say something"):
        exercise("sample-x", hint=" ")
    steps = type(count)(count.__code__, {}, "steps")
    steps.__module__ = "labhelpers.lesson.exercises.one_layer"
    with pytest.raises(ValueError, match="name must begin with 'one-layer-'"):
        exercise("other-x", hint="A hint.")(steps)
    assert exercise("one-layer-x", hint="A hint.")(steps) is steps


def test_listed_exercises_can_be_found():
    names = list_exercises()
    assert "sample-count" in names
    assert names == sorted(names)
    assert all(find_exercise(name).name == name for name in names)
