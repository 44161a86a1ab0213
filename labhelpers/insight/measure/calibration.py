"""Whether a classifier's probabilities can be taken at their word, and one number to mend them."""

from dataclasses import dataclass

import numpy as np

from labhelpers.arguments import check_count, check_number
from labhelpers.insight.measure.metrics import check_classes

# Softmax in float32 cannot tell smaller probabilities from zero.
_LEAST = float(np.finfo(np.float32).tiny)
# Temperatures outside are no repair any more.
_LOWEST, _HIGHEST = 1e-2, 1e2


@dataclass(frozen=True)
class Calibration:
    """How often a classifier is right, by how sure it says it is.

    Attributes:
        error: The expected calibration error, in [0, 1]: the mean distance of score and
            confidence over the bins, each weighted by its images.
        n: Number of images.
        bins: Number of bins, of equal width over [0, 1].
        edges: (bins + 1,) their borders.
        counts: (bins,) images in each.
        confidence: (bins,) mean probability of the answers in each; NaN where there is none.
        score: (bins,) share of right answers in each; NaN where there is none.
    """

    error: float
    n: int
    bins: int
    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    score: np.ndarray

    def __repr__(self) -> str:
        return f"Calibration(error={self.error:.4f}, n={self.n}, bins={self.bins})"


def measure_calibration(
    probabilities: np.ndarray, labels: np.ndarray, *, bins: int = 15
) -> Calibration:
    """Compares what a classifier says of its answers with how often they are right.

    The answers are sorted by their probability, the confidence, into bins of equal width; a
    border belongs to the bin below it. The expected calibration error is that of C. Guo, G. Pleiss,
    Y. Sun and K. Weinberger, *On calibration of modern neural networks*, ICML 2017. It depends on
    the number of bins, and even a perfect classifier's is above 0 on finitely many images: always
    state both.

    Args:
        probabilities: (N, num_classes), such as `Evaluation.probabilities`.
        labels: (N,) the right classes.
        bins: Number of bins.

    Returns:
        The error, with the numbers of every bin.

    Raises:
        TypeError, ValueError: If an argument does not fit.

    Example:
        >>> sure = np.array([[0.75, 0.25]] * 4)
        >>> measure_calibration(sure, np.array([0, 0, 0, 1])).error
        0.0
    """
    probabilities = np.asarray(probabilities)
    labels = _check(probabilities, labels)
    bins = check_count("bins", bins)
    # float64 before any sum: thousands of float32 near 1 would lose digits.
    confidence = probabilities.max(axis=1).astype(np.float64).clip(0, 1)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(place, weights=confidence, minlength=bins) / counts
        score = np.bincount(place, weights=right, minlength=bins) / counts
    gaps = np.where(counts > 0, abs(score - mean), 0.0)
    return Calibration(
        error=float((counts * gaps).sum() / len(labels)),
        n=len(labels),
        bins=bins,
        edges=edges,
        counts=counts,
        confidence=mean,
        score=score,
    )


def scale_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Makes probabilities less sure (temperature above 1) or surer (below 1).

    softmax(z / T) from p = softmax(z): each probability to the power 1 / T, and divided by the sum.
    No answer changes but where float32 cannot tell two probabilities apart. What underflowed to
    0 in a float32 softmax counts as its smallest number, 1.2e-38.

    Args:
        probabilities: (N, num_classes), each row adding up to 1.
        temperature: T, above 0.

    Returns:
        (N, num_classes), float32.

    Raises:
        TypeError, ValueError: If an argument does not fit.

    Example:
        >>> scale_temperature(np.array([[0.9, 0.1]]), 2.0).round(4)
        array([[0.75, 0.25]], dtype=float32)
    """
    probabilities = np.asarray(probabilities)
    _check(probabilities, np.zeros(len(probabilities), dtype=np.int64))
    temperature = check_number("temperature", temperature, is_more=True)
    return _soften(_take_logs(probabilities), 1 / temperature).astype(np.float32)


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Finds the temperature that makes validation data most likely.

    The loss is convex in 1 / T, and its slope is the mean logit under the model's own
    probabilities minus that of the right class; the root is found by bisection.

    Args:
        probabilities: (N, num_classes) for validation images, never those of the test.
        labels: (N,) their right classes.

    Returns:
        The temperature T for `scale_temperature`.

    Raises:
        ValueError: If an argument does not fit, or the best temperature lies outside 0.01 .. 100:
            then there is no mistake among the images, or the answers are no better than chance.
    """
    probabilities = np.asarray(probabilities)
    labels = _check(probabilities, labels)
    logits = _take_logs(probabilities)
    right = logits[np.arange(len(labels)), labels].mean()

    def slope(inverse: float) -> float:
        return float((_soften(logits, inverse) * logits).sum(axis=1).mean() - right)

    low, high = 1 / _HIGHEST, 1 / _LOWEST
    if slope(high) <= 0:
        raise ValueError(
            "probabilities must hold a mistake for the labels, but all answers are right or tied: "
            "the best temperature would be 0. Take more validation images."
        )
    if slope(low) >= 0:
        raise ValueError(
            "probabilities must be better than chance for the labels, but are not: the best "
            "temperature would be infinite. Do images and labels belong together?"
        )
    while high / low > 1 + 1e-9:
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return float(1 / np.sqrt(low * high))


def _check(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    if not probabilities.size:
        raise ValueError("probabilities must hold at least one image, but are empty.")
    return check_classes(labels, probabilities)


def _take_logs(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities.astype(np.float64), _LEAST))


def _soften(logits: np.ndarray, inverse: float) -> np.ndarray:
    scaled = logits * inverse
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
