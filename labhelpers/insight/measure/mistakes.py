"""Mistakes: which images a classifier gets wrong, and how sure it was."""

from dataclasses import dataclass

import numpy as np

from labhelpers.arguments import check_choice, check_count
from labhelpers.insight.measure.metrics import check_classes

_ORDERS = ("confident", "undecided")


@dataclass(frozen=True)
class Mistakes:
    """Images picked out for a look, the most striking first.

    Attributes:
        indices: (M,) int64, places of the images.
        labels: (M,) their right classes.
        first: (M,) the most probable class of each.
        second: (M,) the next.
        first_probability: (M,) probability of the first.
        second_probability: (M,) probability of the second.
    """

    indices: np.ndarray
    labels: np.ndarray
    first: np.ndarray
    second: np.ndarray
    first_probability: np.ndarray
    second_probability: np.ndarray

    def __len__(self) -> int:
        return len(self.indices)

    def take(self, places: np.ndarray | slice) -> "Mistakes":
        """Returns some of them, by their places in these arrays."""
        return Mistakes(**{name: values[places] for name, values in vars(self).items()})


def find_mistakes(
    probabilities: np.ndarray,
    labels: np.ndarray,
    *,
    order: str = "confident",
    count: int | None = None,
) -> Mistakes:
    """Finds the images worth a look.

    Args:
        probabilities: (N, num_classes), such as `Evaluation.probabilities`.
        labels: (N,) the right classes.
        order: "confident": wrongly named images only, the surest first, by the probability of
            the wrong answer. "undecided": any images, named rightly or wrongly, the smallest
            lead of the first class over the second first. Equal ones keep their order.
        count: At most that many; all without.

    Returns:
        Places, labels, and the two top classes of each.

    Raises:
        TypeError, ValueError: If an argument does not fit.
    """
    probabilities = np.asarray(probabilities)
    labels = check_classes(labels, probabilities)
    check_choice("order", order, _ORDERS)
    if count is not None:
        count = check_count("count", count, way_on="None takes all.")
    ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    top = np.take_along_axis(probabilities, ranked, axis=1)
    if order == "confident":
        chosen = np.flatnonzero(ranked[:, 0] != labels)
        chosen = chosen[np.argsort(-top[chosen, 0], kind="stable")]
    else:
        chosen = np.argsort(top[:, 0] - top[:, 1], kind="stable")
    everything = Mistakes(np.arange(len(labels)), labels, *ranked.T, *top.T)
    return everything.take(chosen[:count])
