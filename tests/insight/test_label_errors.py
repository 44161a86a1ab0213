"""Labels in doubt: what several networks agree on against them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from labhelpers.insight import find_doubtful_labels

A = np.array([[0.9, 0.1, 0.0], [0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.1, 0.9, 0]])
B = np.array([[0.8, 0.1, 0.1], [0.0, 0.6, 0.4], [0.3, 0.6, 0.1], [0.1, 0.1, 0.8], [0.2, 0.7, 0.1]])
LABELS = np.array([0, 2, 2, 0, 2])


def test_only_what_all_call_the_same_other_class_is_in_doubt():
    found = find_doubtful_labels([A, B], LABELS)
    # The first is right, and on the third the two disagree with each other as well.
    np.testing.assert_array_equal(found.indices, [4, 1, 3])
    np.testing.assert_array_equal(found.labels, [2, 2, 0])
    np.testing.assert_array_equal(found.first, [1, 1, 2])
    np.testing.assert_allclose(found.first_probability, [0.8, 0.7, 0.7])
    np.testing.assert_allclose(found.second_probability, [0.15, 0.25, 0.15])
    np.testing.assert_array_equal(find_doubtful_labels(np.stack([A, B]), LABELS).indices, [4, 1, 3])


def test_no_doubt_is_found_where_there_is_none():
    assert len(find_doubtful_labels([A, B], A.argmax(axis=1))) == 0


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_the_vote_is_that_of_a_loop_and_its_order_that_of_the_mean(seed, networks, n):
    random = np.random.RandomState(seed)
    votes = special.softmax(random.normal(size=(networks, n, 3)) * 2, axis=2)
    labels = random.randint(0, 3, n)
    wanted = []
    for i in range(n):
        said = {int(vote[i].argmax()) for vote in votes}
        if len(said) == 1 and said != {int(labels[i])}:
            wanted.append(i)
    found = find_doubtful_labels(votes, labels)
    assert sorted(found.indices) == wanted
    assert (np.diff(found.first_probability) <= 0).all()
    again = find_doubtful_labels(votes[::-1], labels)
    assert sorted(again.indices) == wanted


@pytest.mark.parametrize(
    ("probabilities", "labels", "said"),
    [
        ([A], LABELS, "at least two networks"),
        (A, LABELS, "at least two networks"),
        ([], LABELS, "but hold nothing"),
        ([A, B[:3]], LABELS, r"hold \(5, 3\), \(3, 3\)"),
        ([A, B], LABELS[:4], "Give one label for each image"),
        ([A, B * 2], LABELS, "add up to 1"),
    ],
)
def test_what_does_not_fit_is_refused(probabilities, labels, said):
    with pytest.raises(ValueError, match=said):
        find_doubtful_labels(probabilities, labels)
