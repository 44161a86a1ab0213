"""Exercise checks: an answer at once, a hint that fits, and never an error."""

import re
import signal
import threading
import time
from html.parser import HTMLParser

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from labhelpers.course.checks import check, examine
from labhelpers.course.exercises import (
    _EXERCISES,
    Failed,
    exercise,
    expect,
    find_exercise,
    list_exercises,
)
from labhelpers.course.limits import TimeIsUp, _limit_by_interrupt, limit_time

HINT = "Every pixel is connected to every class."
BIAS = "You counted the weights; each class also has a bias."


@pytest.fixture(autouse=True)
def exercises():
    before = dict(_EXERCISES)

    @exercise("sample-count", hint=HINT, done="One weight for each pixel and class.", limit_s=0.5)
    def _(answer):
        yield expect(
            answer,
            72,
            3,
            right=15555,
            hints=[(15552, BIAS), (lambda n: n < 0, "A number of weights cannot be negative.")],
        )
        yield expect(answer, 28, 10, right=7850, hint="Does it still hold for other sizes?")

    @exercise("sample-gradient", hint="Subtract one at the right class.")
    def _(answer):
        p = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]])
        right = (p - np.eye(3)) / 3
        yield expect(answer, p, np.arange(3), right=right, hints=[(p - np.eye(3), "Of the mean.")])

    @exercise("sample-broken", hint="A hint.")
    def _(answer):
        yield expect(answer, 1, right=1)
        raise KeyError("the book's own")

    @exercise("sample-direct", hint="A hint.")
    def _(answer):
        if answer(2) != 4:
            yield "Twice two is four."

    yield
    _EXERCISES.clear()
    _EXERCISES.update(before)


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


@pytest.mark.parametrize("nothing", [None, ...])
def test_the_stub_is_met_with_patience(nothing):
    def stub(side_px, num_classes):
        """Return the number of weights and biases (int)."""
        return nothing

    verdict = examine("sample-count", stub)
    assert verdict.status == "not yet"
    assert verdict.text.startswith("… Not yet.")
    assert HINT in verdict.message


def test_not_implemented_counts_as_not_yet():
    def stub(side_px, num_classes):
        raise NotImplementedError

    assert examine("sample-count", stub).status == "not yet"
    assert examine("sample-count", None).status == "not yet"


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


def endless(s, k):
    while True:
        pass


def stubborn(s, k):
    while True:
        try:
            while True:
                time.sleep(0.01)
        except Exception:
            continue


@pytest.mark.parametrize("answer", [endless, stubborn])
def test_a_loop_without_end_is_stopped(answer):
    start = time.perf_counter()
    verdict = examine("sample-count", answer)
    assert time.perf_counter() - start < 5
    assert verdict.status == "wrong"
    assert "stopped after 0.5 s" in verdict.message


def test_the_limit_leaves_no_trace():
    before = signal.getsignal(signal.SIGALRM)
    examine("sample-count", endless)
    examine("sample-count", count)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_way_of_windows_stops_loops_too():
    with pytest.raises(TimeIsUp), _limit_by_interrupt(0.3):
        endless(1, 1)
    with _limit_by_interrupt(0.05):
        pass
    time.sleep(0.1)  # nothing may come after the end
    with pytest.raises(KeyboardInterrupt), _limit_by_interrupt(5):
        raise KeyboardInterrupt


def test_in_another_thread_the_check_still_answers():
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.append(examine("sample-count", count)))
    thread.start()
    thread.join()
    assert verdicts[0].status == "right"


def test_a_reader_s_interruption_is_no_error():
    assert examine("sample-count", raising(KeyboardInterrupt())).status == "not yet"


def test_no_limit_is_reached_in_time():
    with limit_time(5.0):
        pass


def gradient(p, y):
    p = p.copy()
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


def test_arrays_are_compared_up_to_rounding():
    assert examine("sample-gradient", gradient).status == "right"
    assert examine("sample-gradient", lambda p, y: gradient(p, y) + 1e-12).status == "right"
    assert examine("sample-gradient", lambda p, y: gradient(p, y) + 1e-3).status == "wrong"


def test_arrays_of_known_mistakes_get_their_hint():
    assert "Of the mean." in examine("sample-gradient", lambda p, y: 3 * gradient(p, y)).message


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda p, y: gradient(p, y)[0], "shape (3,); shape (3, 3) is wanted"),
        (lambda p, y: gradient(p, y).tolist(), "a list; a NumPy array is wanted"),
        (lambda p, y: "x", "a str; a number or an array"),
        (lambda p, y: gradient(p, y) * np.nan, "not finite"),
        (lambda p, y: 0.5, "shape (); shape (3, 3) is wanted"),
    ],
)
def test_another_kind_or_shape_is_named(answer, said):
    verdict = examine("sample-gradient", answer)
    assert verdict.status == "wrong"
    assert said in verdict.message


def test_changing_the_input_is_a_mistake():
    def careless(p, y):
        p[np.arange(len(y)), y] -= 1
        return p / len(y)

    verdict = examine("sample-gradient", careless)
    assert verdict.status == "wrong"
    assert "Work on a copy" in verdict.message
    # The check handed out a copy: the careful answer is still right.
    assert examine("sample-gradient", gradient).status == "right"


class Tensor:
    """What a backend returns: no NumPy array, but it can become one."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)


def test_an_answer_from_another_array_library_counts():
    assert examine("sample-gradient", lambda p, y: Tensor(gradient(p, y))).status == "right"
    wrong = examine("sample-gradient", lambda p, y: Tensor(gradient(p, y)[0]))
    assert "shape (3,)" in wrong.message


@pytest.mark.parametrize(
    ("right", "value", "equal"),
    [
        (3, 3.0, True),
        (3, True, False),
        (1, True, False),
        (True, True, True),
        (True, np.bool_(True), True),
        (True, 1, False),
        ("a", "a", True),
        ("a", "b", False),
        (0.3, 0.1 + 0.2, True),
        (float("nan"), float("nan"), True),
        (float("inf"), float("inf"), True),
        (1e9, 1e9 + 1, True),
        (0.0, 1e-9, True),
        (0.0, 1e-3, False),
        ((1, 2.0), (1, 2), True),
        ((1, 2), (1, 2, 3), False),
        ([1, 2], np.array([1, 2]), True),
        (np.array([1, 2]), [1, 2], False),
        (np.array([True, False]), np.array([True, False]), True),
        (np.array([True, False]), np.array([1, 0]), False),
        ((np.zeros(2), "x"), (np.zeros(2), "x"), True),
        ({"a": 1}, {"a": 1}, True),
    ],
)
def test_what_counts_as_equal(right, value, equal):
    failed = expect(lambda: value, right=right)
    assert (failed is None) == equal


def test_what_is_right_may_be_a_rule():
    assert expect(lambda: 4, right=lambda n: n % 2 == 0) is None
    failed = expect(lambda: 3, right=lambda n: n % 2 == 0, hint="Even, please.")
    assert isinstance(failed, Failed)
    assert failed.hint == "Even, please."


def test_an_argument_that_cannot_be_copied_is_passed_as_it_is():
    lock = threading.Lock()
    assert expect(lambda x: x is lock, lock, right=True) is None


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
    steps.__module__ = "labhelpers.course.exercises.one_layer"
    with pytest.raises(ValueError, match="name must begin with 'one-layer-'"):
        exercise("other-x", hint="A hint.")(steps)
    assert exercise("one-layer-x", hint="A hint.")(steps) is steps


def test_listed_exercises_can_be_found():
    names = list_exercises()
    assert "sample-count" in names
    assert names == sorted(names)
    assert all(find_exercise(name).name == name for name in names)


CELLS = """
from labhelpers.course.exercises import exercise, expect
@exercise("kernel-sample", hint="A hint.", limit_s=0.5)
def _(answer):
    yield expect(answer, 2, right=4)
---
def double(x):
    while True:
        pass
---
from labhelpers.course.checks import check
check("kernel-sample", double)
---
def double(x):
    return x / undefined
---
check("kernel-sample", double)
---
check("kernel-sample", lambda x: 2 * x)
"""


def test_in_a_notebook_a_loop_is_stopped_and_the_kernel_goes_on():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c.strip()) for c in CELLS.split("---")]
    )
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [c.outputs for c in notebook.cells]
    assert all(o.output_type == "display_data" for out in outputs for o in out)
    texts = [out[0].data["text/plain"] for out in outputs if out]
    assert "stopped after 0.5 s" in texts[0]
    assert "in the line `return x / undefined`" in texts[1]
    assert texts[2] == "✓ Right."
