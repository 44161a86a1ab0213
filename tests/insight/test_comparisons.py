"""Comparisons of results over seeds: against scipy's intervals, and their words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from labhelpers.insight import compare_scores

scores = st.lists(st.floats(0, 1).map(lambda x: round(x, 4)), min_size=2, max_size=8).filter(
    lambda x: np.std(x) > 1e-3
)


@given(scores, scores)
@settings(max_examples=100, deadline=None)
def test_a_comparison_is_welch_s_and_a_little_careful(first, second):
    ours = compare_scores(first, second)
    theirs = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert ours.difference == pytest.approx(np.mean(first) - np.mean(second), abs=1e-12)
    assert ours.low <= theirs.low + 1e-9
    assert ours.high >= theirs.high - 1e-9
    assert ours.told_apart == (ours.low > 0 or ours.high < 0)
    other = compare_scores(second, first)
    assert (other.low, other.high) == pytest.approx((-ours.high, -ours.low))


def test_whole_degrees_of_freedom_give_exactly_welch_s_interval():
    first, second = [0.1, 0.2, 0.3], [0.5, 0.6, 0.7]
    theirs = stats.ttest_ind(first, second, equal_var=False)
    assert theirs.df == pytest.approx(4)
    ours = compare_scores(first, second)
    interval = theirs.confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), abs=1e-12)
    assert ours.told_apart


def test_two_results_of_single_runs_cannot_be_compared():
    with pytest.raises(ValueError, match="One run says nothing"):
        compare_scores([0.9717], [0.9715, 0.9716])
    with pytest.raises(ValueError, match="second must hold"):
        compare_scores([0.9, 0.8], [0.9, float("nan")])


def test_results_without_spread_are_told_apart_by_their_value():
    assert not compare_scores([0.5, 0.5], [0.5, 0.5]).told_apart
    assert compare_scores([0.5, 0.5], [0.4, 0.4]).verdict == "better"
    assert compare_scores([0.25, 0.75], [0.5, 1.0], paired=True).verdict == "worse"


@given(scores, st.floats(-0.1, 0.1), st.integers(0, 99))
@settings(max_examples=100, deadline=None)
def test_a_paired_comparison_is_student_s(first, gain, seed):
    second = np.array(first) + gain + 0.01 * np.random.RandomState(seed).standard_normal(len(first))
    ours = compare_scores(first, second, paired=True)
    theirs = stats.ttest_rel(first, second)
    assert (ours.low, ours.high) == pytest.approx(theirs.confidence_interval(0.95), abs=1e-9)
    assert ours.difference == pytest.approx(np.mean(np.array(first) - second), abs=1e-12)
    assert ours.n == len(first)
    if abs(theirs.pvalue - 0.05) > 1e-6:
        assert ours.told_apart == (theirs.pvalue < 0.05)


def test_pairs_tell_apart_what_the_seeds_would_hide():
    ours, theirs = [0.951, 0.962, 0.973, 0.984], [0.950, 0.960, 0.972, 0.982]
    assert compare_scores(ours, theirs).verdict == "not told apart"
    assert compare_scores(ours, theirs, paired=True).verdict == "better"
    assert compare_scores(theirs, ours, paired=True).verdict == "worse"


def test_of_losses_the_lower_one_is_better():
    less, more = [0.11, 0.12, 0.13], [0.21, 0.23, 0.22]
    assert compare_scores(less, more, lower_is_better=True).verdict == "better"
    assert compare_scores(more, less, paired=True, lower_is_better=True).verdict == "worse"


def test_pairs_are_of_the_same_seeds():
    with pytest.raises(ValueError, match=r"same seeds .* 2 and 3\. Leave out"):
        compare_scores([0.9, 0.8], [0.9, 0.8, 0.7], paired=True)
