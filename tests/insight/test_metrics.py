"""Measures of a classifier."""

import keras
import numpy as np
import pytest

from labhelpers.insight import evaluate_classifier, find_mistakes


class Fixed:
    """A classifier whose answers are given."""

    def __init__(self, probabilities):
        self.probabilities = np.asarray(probabilities)

    def predict(self, images, *, batch_size, verbose):
        return self.probabilities[: len(images)]


FOUR = Fixed([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.7, 0.2, 0.1]])


def test_an_evaluation_agrees_with_a_sum_done_by_hand():
    result = evaluate_classifier(FOUR, np.zeros((4, 2)), np.array([0, 1, 2, 1]))
    assert result.n == 4
    assert result.errors == 1
    assert result.score == 0.75
    assert result.loss == pytest.approx(-np.log([0.5, 0.8, 0.6, 0.2]).mean())
    assert result.standard_error == pytest.approx(np.sqrt(0.75 * 0.25 / 4))
    np.testing.assert_array_equal(result.predictions, [0, 1, 2, 0])
    assert result.predictions.dtype == np.int64
    assert "0.7500" in repr(result)
    with pytest.raises(AttributeError):
        result.score = 1.0


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(
                5, activation="softmax", kernel_regularizer=keras.regularizers.L2(1.0)
            ),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_it_agrees_with_keras_but_for_the_penalty(network):
    random = np.random.RandomState(0)
    images, labels = random.rand(301, 6, 6, 1).astype("float32"), random.randint(0, 5, 301)
    ours = evaluate_classifier(network, images, labels)
    theirs = network.evaluate(images, labels, verbose=0, return_dict=True)
    assert ours.score == pytest.approx(theirs["accuracy"], abs=1e-6)
    penalty = float(np.sum([keras.ops.convert_to_numpy(loss) for loss in network.losses]))
    assert penalty > 0.1
    assert ours.loss == pytest.approx(theirs["loss"] - penalty, rel=1e-3)


def test_the_batch_size_changes_nothing(network):
    random = np.random.RandomState(0)
    images, labels = random.rand(100, 6, 6, 1).astype("float32"), random.randint(0, 5, 100)
    a, b = (evaluate_classifier(network, images, labels, batch_size=n) for n in (7, 512))
    np.testing.assert_allclose(a.probabilities, b.probabilities, atol=1e-6)
    assert a.errors == b.errors


def test_a_sure_mistake_costs_a_finite_loss():
    result = evaluate_classifier(Fixed([[1.0, 0.0]]), np.zeros((1, 2)), np.array([1]))
    assert result.loss == pytest.approx(-np.log(1e-7))


@pytest.mark.parametrize(
    ("probabilities", "labels", "said"),
    [
        ([[0.5, 0.5]], [0, 1], "same number"),
        ([], [], "at least 1"),
        ([[3.0, -1.0]], [0], "softmax"),
        ([[0.5, 0.4]], [0], "softmax"),
        ([[np.nan, 0.5]], [0], "softmax"),
        ([[0.7]], [0], "at least 2 classes"),
        ([[0.5, 0.5]], [2], "labels from 0 to 1, but labels from 2 to 2"),
        ([[0.5, 0.5]], [-1], "labels from 0 to 1"),
        ([[0.5, 0.5]], [0.0], "whole-number labels"),
        ([[0.5, 0.5]], [[0, 1]], r"labels\.argmax"),
    ],
)
def test_what_does_not_fit_is_refused(probabilities, labels, said):
    images = np.zeros((len(probabilities), 2))
    with pytest.raises((TypeError, ValueError), match=said):
        evaluate_classifier(Fixed(probabilities), images, np.array(labels))


PROBABILITIES = np.array(
    [
        [0.90, 0.06, 0.04],  # right
        [0.60, 0.30, 0.10],  # wrong, fairly sure
        [0.05, 0.05, 0.90],  # wrong, very sure
        [0.34, 0.35, 0.31],  # right, undecided
        [0.40, 0.41, 0.19],  # wrong, undecided
    ]
)
LABELS = np.array([0, 1, 0, 1, 0])


def test_the_surest_mistakes_come_first():
    found = find_mistakes(PROBABILITIES, LABELS)
    np.testing.assert_array_equal(found.indices, [2, 1, 4])
    np.testing.assert_array_equal(found.labels, [0, 1, 0])
    np.testing.assert_array_equal(found.first, [2, 0, 1])
    np.testing.assert_array_equal(found.second, [0, 1, 0])
    np.testing.assert_allclose(found.first_probability, [0.9, 0.6, 0.41])
    np.testing.assert_allclose(found.second_probability, [0.05, 0.3, 0.4])
    assert len(found) == 3


def test_the_most_undecided_come_first_right_or_wrong():
    found = find_mistakes(PROBABILITIES, LABELS, order="undecided", count=2)
    assert set(found.indices) == {3, 4}
    np.testing.assert_allclose(found.first_probability - found.second_probability, 0.01)


def test_equal_ones_keep_their_order():
    same = np.tile([[0.7, 0.3]], (6, 1))
    np.testing.assert_array_equal(
        find_mistakes(same, np.ones(6, dtype=int), count=4).indices, [0, 1, 2, 3]
    )


def test_without_mistakes_there_are_none():
    found = find_mistakes(np.eye(3), np.arange(3))
    assert len(found) == 0
    assert found.first.shape == (0,)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"order": "sure"}, "order must be one of 'confident', 'undecided'"),
        ({"count": 0}, "count must be"),
        ({"count": True}, "count must be"),
    ],
)
def test_unknown_orders_and_counts_are_refused(options, said):
    with pytest.raises((TypeError, ValueError), match=said):
        find_mistakes(PROBABILITIES, LABELS, **options)
