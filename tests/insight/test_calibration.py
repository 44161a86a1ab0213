"""Calibration: against loops, against scipy, and what must hold of any probabilities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize, special

from labhelpers.insight import fit_temperature, measure_calibration, scale_temperature


def draw(n=400, classes=4, spread=2.0, seed=0):
    random = np.random.RandomState(seed)
    probabilities = special.softmax(random.normal(scale=spread, size=(n, classes)), axis=1)
    return probabilities, random.randint(0, classes, n)


def measure_by_a_loop(probabilities, labels, bins):
    """The definition, an image and a bin at a time."""
    error = 0.0
    for b in range(bins):
        inside = []
        for row, label in zip(probabilities, labels, strict=True):
            sure = row.max()
            if b / bins < sure <= (b + 1) / bins:
                inside.append((float(sure), bool(row.argmax() == label)))
        if inside:
            sure, right = np.mean(inside, axis=0)
            error += len(inside) / len(labels) * abs(right - sure)
    return error


@st.composite
def answers(draw_):
    n, classes = draw_(st.integers(1, 60)), draw_(st.integers(2, 6))
    logits = draw_(hnp.arrays(np.float64, (n, classes), elements=st.floats(-8, 8)))
    labels = draw_(hnp.arrays(np.int64, n, elements=st.integers(0, classes - 1)))
    return special.softmax(logits, axis=1), labels


@given(answers(), st.integers(1, 20))
@settings(max_examples=150, deadline=None)
def test_the_error_is_that_of_a_loop(case, bins):
    probabilities, labels = case
    found = measure_calibration(probabilities, labels, bins=bins)
    # Where a confidence lies on a border, rounding decides the bin, of the loop too.
    sure = probabilities.max(axis=1) * bins
    if (abs(sure - np.round(sure)) > 1e-9).all():
        assert found.error == pytest.approx(
            measure_by_a_loop(probabilities, labels, bins), abs=1e-12
        )
    assert 0 <= found.error <= 1
    assert found.counts.sum() == found.n == len(labels)
    assert found.bins == bins


@given(answers())
@settings(max_examples=60, deadline=None)
def test_one_bin_compares_score_with_mean_confidence(case):
    probabilities, labels = case
    score = (probabilities.argmax(axis=1) == labels).mean()
    found = measure_calibration(probabilities, labels, bins=1)
    assert found.error == pytest.approx(abs(score - probabilities.max(axis=1).mean()), abs=1e-12)


def test_a_border_belongs_to_the_bin_below_and_1_to_the_last():
    found = measure_calibration(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([0, 0]), bins=4)
    np.testing.assert_array_equal(found.counts, [0, 1, 0, 1])
    assert np.isnan(found.score[0])
    assert found.score[3] == 1


def test_it_says_how_many_images_and_bins():
    found = measure_calibration(*draw(n=50))
    assert "n=50, bins=15" in repr(found)


def test_it_makes_no_difference_whether_probabilities_are_float32():
    probabilities, labels = draw(n=5_000)
    a = measure_calibration(probabilities, labels).error
    assert measure_calibration(probabilities.astype("float32"), labels).error == pytest.approx(
        a, abs=1e-6
    )


def draw_labels(probabilities, seed=1):
    random = np.random.RandomState(seed)
    return (probabilities.cumsum(axis=1) < random.rand(len(probabilities), 1)).sum(axis=1)


def test_labels_drawn_from_the_probabilities_are_calibrated_and_need_no_temperature():
    probabilities, _ = draw(n=40_000)
    labels = draw_labels(probabilities)
    assert measure_calibration(probabilities, labels).error < 0.01
    assert fit_temperature(probabilities, labels) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("temperature", [0.3, 0.8, 1.7, 5.0])
def test_a_known_temperature_is_found_and_undone(temperature):
    probabilities, _ = draw(n=40_000)
    labels = draw_labels(probabilities)
    wrong = scale_temperature(probabilities, 1 / temperature)
    found = fit_temperature(wrong, labels)
    assert found == pytest.approx(temperature, rel=0.03)
    mended = measure_calibration(scale_temperature(wrong, found), labels).error
    assert mended < 0.01 < measure_calibration(wrong, labels).error


@given(st.integers(0, 10_000), st.floats(0.3, 6.0))
@settings(max_examples=40, deadline=None)
def test_the_temperature_is_scipy_s(seed, spread):
    probabilities, chance = draw(n=120, spread=spread, seed=seed)
    # Half the labels are right, so that there is a best temperature.
    labels = np.where(np.arange(120) % 2, probabilities.argmax(axis=1), chance)
    logits = np.log(probabilities)

    def lose(log_inverse):
        scaled = logits * np.exp(log_inverse)
        chosen = np.take_along_axis(scaled, labels[:, None], axis=1)[:, 0]
        return (special.logsumexp(scaled, axis=1) - chosen).mean()

    best = optimize.minimize_scalar(lose, bounds=(-4.6, 4.6), method="bounded")
    assert fit_temperature(probabilities, labels) == pytest.approx(np.exp(-best.x), rel=1e-3)


@given(answers(), st.floats(0.05, 20))
@settings(max_examples=100, deadline=None)
def test_scaling_is_softmax_of_divided_logits_and_keeps_the_answer(case, temperature):
    probabilities, _ = case
    scaled = scale_temperature(probabilities, temperature)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(
        scaled, special.softmax(np.log(probabilities) / temperature, axis=1), atol=1e-6
    )
    kept = np.take_along_axis(scaled, probabilities.argmax(axis=1)[:, None], axis=1)[:, 0]
    np.testing.assert_array_equal(kept, scaled.max(axis=1))


def test_a_probability_of_zero_does_no_harm():
    sure = np.array([[1.0, 0.0]] + [[0.9, 0.1]] * 99, "float32")
    scaled = scale_temperature(sure, 3.0)
    assert np.isfinite(scaled).all()
    assert scaled[0, 1] < 1e-10
    assert fit_temperature(sure, np.array([1] + [0] * 99)) > 1


def test_what_has_no_best_temperature_is_refused():
    sure = np.array([[0.9, 0.1], [0.8, 0.2]])
    with pytest.raises(ValueError, match="must hold a mistake"):
        fit_temperature(sure, np.array([0, 0]))
    with pytest.raises(ValueError, match="better than chance"):
        fit_temperature(sure, np.array([1, 1]))


GOOD = np.array([[0.9, 0.1], [0.4, 0.6]])


@pytest.mark.parametrize("function", [measure_calibration, fit_temperature])
@pytest.mark.parametrize(
    ("probabilities", "labels", "said"),
    [
        (GOOD, np.array([0, 1, 1]), "Give one label for each image"),
        (GOOD, np.array([0.0, 1.0]), "whole-number labels"),
        (GOOD * 2, np.array([0, 1]), "add up to 1"),
        (np.log(GOOD), np.array([0, 1]), "softmax"),
        (GOOD[0], np.array([0]), r"shape \(N, num_classes\)"),
        (GOOD[:0], np.array([], int), "at least one image"),
    ],
)
def test_what_does_not_fit_is_refused(function, probabilities, labels, said):
    with pytest.raises((TypeError, ValueError), match=said):
        function(probabilities, labels)


@pytest.mark.parametrize("temperature", [0, -1.0, float("nan"), float("inf"), "1", True])
def test_a_temperature_must_be_above_0(temperature):
    with pytest.raises((TypeError, ValueError), match="must be a finite number above 0"):
        scale_temperature(GOOD, temperature)


@pytest.mark.parametrize("bins", [0, 2.5, True])
def test_bins_must_be_a_count(bins):
    with pytest.raises((TypeError, ValueError), match="bins must"):
        measure_calibration(GOOD, np.array([0, 1]), bins=bins)
