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
    check_labels,
    check_number,
    check_seed,
    check_texts,
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
        (lambda: check_count("n", np.ones(3)), "but float64 of shape (3,) came."),
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


LABELS = np.array([0, 2, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: check_count("size", 10, at_least=8, multiple_of=8, way_on="Use 16."),
            "size must be a multiple of 8 of at least 8, but 10 came. Use 16.",
        ),
        (
            lambda: check_number("rate", 0, is_more=True),
            "rate must be a finite number above 0, but 0 came.",
        ),
        (
            lambda: check_number("rate", 3, is_more=True, at_most=2),
            "rate must be a finite number above 0 and at most 2, but 3 came.",
        ),
        (
            lambda: check_seed(2**32, at_most=2**32 - 1),
            "from 0 to 4294967295, but 4294967296 came.",
        ),
        (
            lambda: check_images("images", np.zeros((2, 4, 5), np.uint8), size_px=(4, 4)),
            "images must be an array (N, 4, 4) or (N, 4, 4, C) of uint8, or of floats in [0, 1], "
            "but uint8 of shape (2, 4, 5) came.",
        ),
        (
            lambda: check_images("images", np.zeros((2, 4, 5, 2)), channels=(1, 3)),
            "an array (N, H, W) or (N, H, W, 1) or (N, H, W, 3) of uint8",
        ),
        (lambda: check_texts("names", "ab"), "names must be a list of texts, but 'ab' came."),
        (
            lambda: check_texts("names", ["a"], count=2),
            "names must be a list of 2 texts, one for each picture, but ['a'] came.",
        ),
        (
            lambda: check_labels("labels", LABELS, num_classes=2),
            "labels must be an array (N,) of whole-number labels from 0 to 1, but labels from 0 to "
            "2 came. Number",
        ),
        (
            lambda: check_labels("labels", LABELS - 1, num_classes=3),
            "but labels from -1 to 1 came.",
        ),
        (
            lambda: check_labels("labels", LABELS, count=2),
            "labels must be an array (2,) of whole-number labels, but int64 of shape (3,) came. "
            "Give one label for each image.",
        ),
        (
            lambda: check_labels("labels", LABELS[:0]),
            "but none came. Give one label for",
        ),
        (lambda: check_labels("y", np.eye(3)), "Turn one-hot labels back with y.argmax(axis=1)."),
        (lambda: check_labels("labels", ["cat"]), "of shape (1,) came."),
    ],
)
def test_what_rooms_share_is_said_in_one_style(call, message):
    with pytest.raises((TypeError, ValueError)) as raised:
        call()
    assert message in str(raised.value)
    assert str(raised.value).count(" must be ") == 1
    assert "\n" not in str(raised.value)


def test_what_fits_is_taken_as_it_is():
    assert check_labels("labels", LABELS, count=3, num_classes=3) is LABELS
    assert check_labels("labels", [1, 0]).tolist() == [1, 0]
    assert check_texts("names", [1, "b"], count=2) == ["1", "b"]
    assert check_count("size", 16, multiple_of=8) == 16
    assert check_number("rate", 2, is_more=True, at_most=2) == 2.0
    assert check_number("rate", 1e-9, is_more=True) == 1e-9
    grey = np.zeros((2, 4, 4, 1), np.uint8)
    assert check_images("images", grey, size_px=(4, 4), channels=(1,)) is grey
