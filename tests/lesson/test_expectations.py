"""What comes back from a student's function: what counts as right, and what is said if not."""

import threading

import numpy as np
import pytest

from labhelpers.lesson.exercises import Failed, expect

P = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]])


def ask(answer):
    right = (P - np.eye(3)) / 3
    return expect(answer, P, np.arange(3), right=right, hints={"Of the mean.": P - np.eye(3)})


def gradient(p, y):
    p = p.copy()
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


def test_arrays_are_compared_up_to_rounding():
    assert ask(gradient) is None
    assert ask(lambda p, y: gradient(p, y) + 1e-12) is None
    assert ask(lambda p, y: gradient(p, y) + 1e-3) is not None


def test_arrays_of_known_mistakes_get_their_hint():
    assert "Of the mean." in ask(lambda p, y: 3 * gradient(p, y)).hint


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda p, y: gradient(p, y)[0], "shape (3,); shape (3, 3) is wanted"),
        (lambda p, y: gradient(p, y).tolist(), "a list; a NumPy array is wanted"),
        (lambda p, y: "x", "a str; a number or an array"),
        (lambda p, y: gradient(p, y) * np.nan, "not finite"),
        (lambda p, y: 0.5, "a single number; shape (3, 3) is wanted"),
    ],
)
def test_another_kind_or_shape_is_named(answer, said):
    verdict = ask(answer)
    assert verdict is not None
    assert said in verdict.message


def test_changing_the_input_is_a_mistake():
    def careless(p, y):
        p[np.arange(len(y)), y] -= 1
        return p / len(y)

    verdict = ask(careless)
    assert verdict is not None
    assert "Work on a copy" in verdict.hint
    # The check handed out a copy: the careful answer is still right.
    assert ask(gradient) is None


class Tensor:
    """What a backend returns: no NumPy array, but it can become one."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)


def test_an_answer_from_another_array_library_counts():
    assert ask(lambda p, y: Tensor(gradient(p, y))) is None
    wrong = ask(lambda p, y: Tensor(gradient(p, y)[0]))
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
