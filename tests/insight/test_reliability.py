"""Reliability diagrams."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy import special

from labhelpers.insight import measure_calibration, plot_reliability, use_style


def measure(spread):
    random = np.random.RandomState(0)
    probabilities = special.softmax(random.normal(scale=spread, size=(400, 4)), axis=1)
    return measure_calibration(probabilities, random.randint(0, 4, 400), bins=8)


def test_a_reliability_curve_shows_every_filled_bin_and_the_error():
    with mpl.rc_context():
        use_style()
        one, two = (measure(spread) for spread in (1.0, 4.0))
        axes = plot_reliability({"calm": one, "sure": two})
        bars = axes.containers
        for bar, found in zip(bars, (one, two), strict=True):
            there = found.counts >= 10
            assert 0 < there.sum() < (found.counts > 0).sum()
            np.testing.assert_allclose(bar.lines[0].get_xdata(), found.confidence[there])
            np.testing.assert_allclose(bar.lines[0].get_ydata(), found.score[there])
            spans = [np.ptp(segment[:, 1]) for segment in bar.lines[2][0].get_segments()]
            assert min(spans) > 0
        texts = [text.get_text() for text in axes.get_legend().get_texts()]
        assert texts == [f"calm: error {one.error:.4f}", f"sure: error {two.error:.4f}"]
        assert plot_reliability(one, ax=axes) is axes
        plt.close("all")
    for wrong in ({}, [one], {"a": 0.1}):
        with pytest.raises(ValueError, match="calibrations must"):
            plot_reliability(wrong)
