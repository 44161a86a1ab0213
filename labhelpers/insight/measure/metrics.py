"""Measures of a classifier."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from labhelpers.arguments import check_labels


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
        TypeError: If the labels are no whole numbers.
        ValueError: If images and labels do not fit, or the answers are no probabilities.
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
    count, num_classes = probabilities.shape
    labels = check_labels("labels", labels, count=count, num_classes=num_classes)
    return labels.astype(np.int64)
