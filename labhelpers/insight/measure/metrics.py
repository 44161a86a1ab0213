"""Measures of a classifier, and of the difference between two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Evaluation:
    """What a classifier did on images it was not trained on.

    Attributes:
        score: Accuracy, the share of images named rightly, in [0, 1].
        loss: Mean cross-entropy of the data, in nats, without any penalty on weights.
        errors: Number of images named wrongly.
        n: Number of images.
        standard_error: Of the score, sqrt(score (1 - score) / n): how far it would scatter over
            other test images of the same kind. It knows nothing of other seeds.
        probabilities: (n, num_classes), float32.
        predictions: (n,) int64: the most probable class of each image.
    """

    score: float
    loss: float
    errors: int
    n: int
    standard_error: float
    probabilities: np.ndarray
    predictions: np.ndarray

    def __repr__(self) -> str:
        return (
            f"Evaluation(score={self.score:.4f} ± {self.standard_error:.4f}, "
            f"loss={self.loss:.4f}, errors={self.errors}, n={self.n})"
        )


def evaluate_classifier(
    model: Any, images: np.ndarray, labels: np.ndarray, *, batch_size: int = 512
) -> Evaluation:
    """Scores a classifier that ends in a softmax.

    Args:
        model: A Keras model from images to probabilities (N, num_classes), or any object with
            such a `predict(images, batch_size=..., verbose=0)`.
        images: (N, ...) as the model takes them.
        labels: (N,) whole numbers, the right class of each.
        batch_size: Images at a time; changes the memory it takes, not the result.

    Returns:
        Score, loss, number of errors, and each image's probabilities.

    Raises:
        ValueError: If images and labels do not fit together, or the model's answers are not
            probabilities.
    """
    labels = np.asarray(labels)
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(
            "images and labels must be of the same number, at least 1, but there are "
            f"{len(images)} images and {len(labels)} labels."
        )
    probabilities = np.asarray(
        model.predict(images, batch_size=batch_size, verbose=0), dtype=np.float32
    )
    labels = check_classes(labels, probabilities)
    predictions = probabilities.argmax(axis=1)
    right = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    # The smallest probability that Keras' own loss can tell from zero.
    loss = float(-np.log(np.maximum(right, 1e-7)).mean())
    errors = int((predictions != labels).sum())
    n = len(labels)
    score = (n - errors) / n
    return Evaluation(
        score=score,
        loss=loss,
        errors=errors,
        n=n,
        standard_error=float(np.sqrt(score * (1 - score) / n)),
        probabilities=probabilities,
        predictions=predictions,
    )


def check_classes(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the labels as int64 (N,), or says how they do not fit the probabilities."""
    labels = np.asarray(labels)
    if probabilities.ndim != 2 or probabilities.shape[1] < 2:
        raise ValueError(
            "probabilities must have shape (N, num_classes) with at least 2 classes, but have "
            f"{probabilities.shape}. The model should end in a softmax layer."
        )
    sums = probabilities.sum(axis=1)
    if not (
        np.isfinite(sums).all() and (probabilities >= 0).all() and (abs(sums - 1) < 0.02).all()
    ):
        raise ValueError(
            "probabilities must be at least 0 and add up to 1 for each image, but "
            f"add up to values from {sums.min():.3g} to {sums.max():.3g}. "
            "Put a softmax at the end of the model."
        )
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"labels must be whole numbers of shape (N,), but have shape {labels.shape} and type "
            f"{labels.dtype}. From one-hot labels, take labels.argmax(axis=1)."
        )
    if len(labels) != len(probabilities):
        raise ValueError(
            f"labels must be as many as the images, but there are {len(labels)} labels and "
            f"{len(probabilities)} rows of probabilities."
        )
    if labels.min() < 0 or labels.max() >= probabilities.shape[1]:
        raise ValueError(
            f"labels must lie in 0 .. {probabilities.shape[1] - 1}, but reach from "
            f"{labels.min()} to {labels.max()}."
        )
    return labels.astype(np.int64)


# Student's t, quantile 0.975, for 1 to 30 degrees of freedom.
_T_975 = (
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
    2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """The difference between two means over seeds.

    Attributes:
        difference: Mean of the first minus mean of the second.
        low: Lower end of the 95% interval of the difference.
        high: Upper end.
        told_apart: Whether the interval leaves out zero.
    """

    difference: float
    low: float
    high: float
    told_apart: bool


def compare_scores(
    first: Sequence[float], second: Sequence[float], *, paired: bool = False
) -> Comparison:
    """Says whether two results over seeds can be told apart.

    Unpaired: Welch's interval (B. L. Welch, Biometrika 34, 1947) for the difference of two means
    whose spreads may differ. The degrees of freedom are rounded down, so the interval is a little
    wider than need be. Paired: Student's interval for the mean of the differences, which leaves
    out all that the two runs of a seed have in common, such as images and first weights.

    Args:
        first: A score for each seed, at least two.
        second: The same of the other.
        paired: Whether the two scores at the same place are of the same seed.

    Returns:
        The difference with its 95% interval.

    Raises:
        ValueError: If there are fewer than two scores on a side, or one is not finite, or if
            paired scores are not as many on both sides.

    Example:
        >>> compare_scores([0.971, 0.972, 0.970], [0.972, 0.971, 0.973]).told_apart
        False
    """
    sides = []
    for name, values in (("first", first), ("second", second)):
        array = np.asarray(values, dtype=np.float64)
        if array.ndim != 1 or len(array) < 2 or not np.isfinite(array).all():
            raise ValueError(
                f"{name} must hold at least two finite scores, one for each seed, but is "
                f"{values!r}. One run says nothing about the spread."
            )
        sides.append(array)
    if paired:
        if len(sides[0]) != len(sides[1]):
            raise ValueError(
                "first and second must hold a score of the same seeds each when paired, but hold "
                f"{len(sides[0])} and {len(sides[1])}. Leave out seeds that only one side has."
            )
        # A difference of a constant is that constant: the other side has no spread left.
        sides = [sides[0] - sides[1], np.zeros(2)]
    shares = [array.var(ddof=1) / len(array) for array in sides]
    difference = float(sides[0].mean() - sides[1].mean())
    total = sum(shares)
    if total == 0:
        return Comparison(difference, difference, difference, difference != 0)
    freedom = total**2 / sum(s**2 / (len(a) - 1) for s, a in zip(shares, sides, strict=True))
    half = _t_quantile(int(freedom + 1e-9)) * float(np.sqrt(total))
    low, high = difference - half, difference + half
    return Comparison(difference, low, high, low > 0 or high < 0)


def _t_quantile(freedom: int) -> float:
    return _T_975[min(max(freedom, 1), len(_T_975)) - 1]
