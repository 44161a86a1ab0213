"""Whether two results over seeds can be told apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its submodules load when they are used: scipy.stats takes a second


@dataclass(frozen=True)
class Comparison:
    """The difference between two means over seeds.

    Attributes:
        difference: Mean of the first minus mean of the second.
        low: Lower end of the 95% interval of the difference.
        high: Upper end.
        n: Number of seeds of the side that has fewer.
        lower_is_better: Whether errors or losses were compared, and not scores.
    """

    difference: float
    low: float
    high: float
    n: int
    lower_is_better: bool = False

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def verdict(self) -> str:
        """Whether the first is "better" or "worse", or "not told apart" by the interval."""
        if not self.told_apart:
            return "not told apart"
        return "better" if (self.difference > 0) != self.lower_is_better else "worse"


def compare_scores(
    first: Sequence[float],
    second: Sequence[float],
    *,
    paired: bool = False,
    lower_is_better: bool = False,
) -> Comparison:
    """Says whether two results over seeds can be told apart, and which is better.

    Paired: Student's interval for the mean of the differences, which leaves out all that the two
    runs of a seed have in common, such as images and first weights. Unpaired: Welch's interval
    (B. L. Welch, Biometrika 34, 1947) for the difference of two means whose spreads may differ;
    its degrees of freedom are rounded down, so it is a little wider than need be.

    Args:
        first: A score for each seed, at least two.
        second: The same of the other.
        paired: Whether the scores at the same place of both are of the same seed.
        lower_is_better: Whether these are errors or losses.

    Returns:
        The difference with its 95% interval and its verdict.

    Raises:
        ValueError: If a side has fewer than two finite scores, or paired ones are not as many.

    Example:
        >>> compare_scores([0.971, 0.972, 0.970], [0.972, 0.971, 0.973]).verdict
        'not told apart'
        >>> compare_scores([0.973, 0.975, 0.971], [0.972, 0.974, 0.970], paired=True).verdict
        'better'
    """
    first, second = _check_scores("first", first), _check_scores("second", second)
    if paired:
        if len(first) != len(second):
            raise ValueError(
                "first and second must hold a score of the same seeds each when paired, but hold "
                f"{len(first)} and {len(second)}. Leave out seeds that only one side has."
            )
        first, second = first - second, np.zeros(2)  # a side without spread
    shares = np.array([side.var(ddof=1) / len(side) for side in (first, second)])
    difference = float(first.mean() - second.mean())
    half = 0.0
    if shares.any():
        freedom = shares.sum() ** 2 / (shares**2 / [len(first) - 1, len(second) - 1]).sum()
        quantile = scipy.stats.t.ppf(0.975, math.floor(freedom + 1e-9))
        half = float(quantile * math.sqrt(shares.sum()))
    return Comparison(
        difference=difference,
        low=difference - half,
        high=difference + half,
        n=len(first) if paired else min(len(first), len(second)),
        lower_is_better=lower_is_better,
    )


def _check_scores(name: str, scores: Sequence[float]) -> np.ndarray:
    array = np.asarray(scores, dtype=np.float64)
    if array.ndim != 1 or len(array) < 2 or not np.isfinite(array).all():
        raise ValueError(
            f"{name} must hold at least two finite scores, one for each seed, but is {scores!r}. "
            "One run says nothing about the spread."
        )
    return array
