"""Checks of arguments: what passes comes back plain, what does not is told what is right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labhelpers.arguments import (
    check_choice,
    check_choices,
    check_count,
    check_flag,
    check_images,
    check_number,
    check_seed,
)


@given(value=st.integers(1, 100))
def test_what_is_right_comes_back_as_plain_python(value):
    for given_value in (value, np.int64(value), np.uint8(value)):
        number = check_count("n", given_value)
        assert (type(number), number) == (int, value)
        number = check_number("n", given_value)
        assert (type(number), number) == (float, value)
    assert type(check_number("n", np.float32(0.5))) is float
    assert check_flag("f", np.bool_(True)) is True
    assert check_seed(2**100) == 2**100
    assert check_choice("c", "a", ("a", "b")) == "a"
    assert check_choices("c", ["b", "a"], ("a", "b")) == ("b", "a")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check_count("n", 7, at_most=5), "n must be a whole number from 1 to 5, but 7 c"),
        (lambda: check_count("n", 3.0), "n must be a whole number of at least 1, but 3.0 came."),
        (lambda: check_count("n", np.True_), "n must be a whole number of at least 1, but np.Tr"),
        (lambda: check_count("n", np.ones(3)), "but an array (3,) came."),
        (lambda: check_count("n", "x" * 500), "xxx... came."),
        (lambda: check_number("n", 1j), "n must be a finite number of at least 0, but 1j came."),
        (lambda: check_number("n", 2.5, at_most=2), "n must be a finite number from 0 to 2, but 2"),
        (lambda: check_flag("f", "yes"), "f must be True or False, but 'yes' came."),
        (lambda: check_choice("c", "x", ("a", "b")), "c must be one of 'a', 'b', but 'x' came."),
        (lambda: check_choice("c", None, ("a", "b")), "c must be one of 'a', 'b', but None came."),
        (lambda: check_choices("c", [["a"]], ("a",)), "c must be a tuple of one or more of 'a', "),
    ],
)
def test_what_is_wrong_gets_one_line_of_advice(call, message):
    with pytest.raises((TypeError, ValueError)) as raised:
        call()
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 200


def test_large_numbers_are_told_in_full():
    with pytest.raises(ValueError, match=r"from 1 to 59999, but 60000 came"):
        check_count("count", 60_000, at_most=59_999)
    with pytest.raises(ValueError, match=r"from 1 to 12345678, but 0 came"):
        check_count("count", 0, at_most=12_345_678)


def test_images_are_checked_without_a_copy():
    images = np.zeros((2, 3, 4, 1), np.float32)
    assert check_images("images", images) is images
