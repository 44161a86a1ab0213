"""Setting aside for validation: nothing lost, nothing twice, every class in both parts."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labhelpers.data import split_validation

Y = np.array([0] * 50 + [1] * 30 + [2] * 20)
X = np.arange(100)


@settings(max_examples=60, deadline=None)
@given(
    members=st.lists(st.integers(20, 60), min_size=1, max_size=5),
    fraction=st.floats(0.1, 0.9),
    seed=st.integers(0, 2**64),
)
def test_parts_are_disjoint_complete_in_order_and_stratified(members, fraction, seed):
    y = np.random.RandomState(0).permutation(np.repeat(np.arange(len(members)) * 3, members))
    x = np.arange(len(y))
    (x_train, y_train), (x_validation, y_validation) = split_validation(
        x, y, fraction=fraction, seed=seed
    )
    np.testing.assert_array_equal(np.sort(np.concatenate([x_train, x_validation])), x)
    assert (np.diff(x_train) > 0).all()
    assert (np.diff(x_validation) > 0).all()
    np.testing.assert_array_equal(y[x_train], y_train)
    np.testing.assert_array_equal(y[x_validation], y_validation)
    assert len(x_validation) == round(fraction * len(y))
    for label, have in enumerate(members):
        got = (y_validation == 3 * label).sum()
        assert abs(got - have * len(x_validation) / len(y)) < 1
    again, _ = split_validation(x, y, fraction=fraction, seed=seed)
    np.testing.assert_array_equal(again[0], x_train)


def test_a_count_and_a_fraction_mean_the_same():
    _, (by_count, labels) = split_validation(X, Y, count=20, seed=1)
    _, (by_fraction, _) = split_validation(X, Y, fraction=0.2, seed=1)
    np.testing.assert_array_equal(by_count, by_fraction)
    np.testing.assert_array_equal(np.bincount(labels), [10, 6, 4])


def test_other_seeds_split_otherwise_and_every_example_has_its_chance():
    chosen = np.zeros(100)
    for seed in range(400):
        _, (x, _) = split_validation(X, Y, fraction=0.2, seed=seed)
        chosen[x] += 1
    # 400 times 0.2 is 80, with a deviation of 8.
    assert chosen.min() > 80 - 4.5 * 8
    assert chosen.max() < 80 + 4.5 * 8


def test_what_comes_out_is_a_copy_of_any_shape_and_dtype():
    images = np.zeros((100, 4, 4, 3), np.uint8)
    (x_train, _), (x_validation, y_validation) = split_validation(images, Y, count=10, seed=2)
    assert (x_train.shape, x_validation.shape) == ((90, 4, 4, 3), (10, 4, 4, 3))
    assert (x_train.dtype, y_validation.dtype) == (np.uint8, Y.dtype)
    x_train[:] = 1
    assert not images.any()


def test_a_seed_splits_in_this_very_way():
    _, (x, _) = split_validation(X, Y, fraction=0.3, seed=12345)
    assert (
        hashlib.sha256(x.astype("<i8").tobytes()).hexdigest()[:32]
        == "dbb3be65677f28c0103e60454b3305e9"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "Give one of fraction and count, but fraction=None and count=None came."),
        (
            {"fraction": 0.1, "count": 10},
            "Give one of fraction and count, but fraction=0.1 and count=10 came.",
        ),
        ({"count": 0}, "count must be a whole number from 1 to 99, but 0 came."),
        ({"count": 100}, "count must be a whole number from 1 to 99, but 100 came."),
        ({"count": 10.0}, "count must be a whole number from 1 to 99, but 10.0 came."),
        ({"fraction": -0.1}, "fraction must be a finite number from 0 to 1, but -0.1 came."),
        ({"fraction": 1.5}, "fraction must be a finite number from 0 to 1, but 1.5 came."),
        ({"fraction": float("nan")}, "fraction must be a finite number from 0 to 1, but nan came."),
        (
            {"fraction": 0.001},
            "fraction must leave examples in both parts, but 0.001 of 100 examples is 0.",
        ),
        (
            {"fraction": 1.0},
            "fraction must leave examples in both parts, but 1 of 100 examples is 100.",
        ),
        ({"count": 9, "seed": None}, "seed must be a whole number of at least 0, but None came."),
        (
            {"count": 9, "y": np.eye(3)[Y]},
            "y must be an array (100,) of whole-number labels, but float64 of shape (100, 3) came. "
            "Turn one-hot labels back with y.argmax(axis=1).",
        ),
        (
            {"count": 9, "x": X[:99]},
            "y must be an array (99,) of whole-number labels, but int64 of shape (100,) came. "
            "Give one label for each image.",
        ),
        (
            {"count": 9, "x": X.tolist()},
            "x must be an array (N, ...) of examples, but a list of 100 came.",
        ),
        (
            {"count": 2},
            "Class 2 has 20 examples and would give 0 to validation, which leaves validation "
            "without it: ask for more validation examples than 2, or bring more data.",
        ),
        (
            {"count": 98},
            "Class 2 has 20 examples and would give 20 to validation, which leaves training "
            "without it: ask for fewer validation examples than 98, or bring more data.",
        ),
    ],
)
def test_bad_arguments_are_told_what_is_right(change, message):
    arguments = {"x": X, "y": Y, "seed": 0, **change}
    with pytest.raises((TypeError, ValueError)) as raised:
        split_validation(arguments.pop("x"), arguments.pop("y"), **arguments)
    assert str(raised.value) == message
