"""Labels that may be wrong: where several networks agree on another answer."""

from collections.abc import Sequence

import numpy as np

from labhelpers.insight.measure.metrics import check_classes
from labhelpers.insight.measure.mistakes import Mistakes, find_mistakes


def find_doubtful_labels(
    probabilities: Sequence[np.ndarray] | np.ndarray, labels: np.ndarray
) -> Mistakes:
    """Finds images that every network, by itself, gives the same other class.

    A vote finds candidates and proves nothing: networks trained on the same images share their
    weaknesses, so some of these labels are right. Look at the images, and leave them in the score:
    a test set from which the networks' mistakes were removed measures nothing any more.

    After C. Brodley and M. Friedl, *Identifying mislabeled training data*, Journal of Artificial
    Intelligence Research 11, 1999 (the consensus filter).

    Args:
        probabilities: (networks, N, num_classes), or one array (N, num_classes) a network; at
            least two networks, none of which was trained on these images.
        labels: (N,) the labels in doubt.

    Returns:
        Places, labels and answers, those first whose answer has the highest mean probability. In
        `first` stands the class that all agree on; probabilities are means over the networks.

    Raises:
        TypeError, ValueError: If an argument does not fit.
    """
    votes = [np.asarray(one) for one in probabilities]
    shapes = [one.shape for one in votes]
    if len(votes) < 2 or len(set(shapes)) > 1 or votes[0].ndim != 2:
        raise ValueError(
            "probabilities must hold an array (N, num_classes) of the same images and classes for "
            f"each of at least two networks, but hold {', '.join(map(str, shapes)) or 'nothing'}."
        )
    for one in votes:
        labels = check_classes(labels, one)
    answers = np.stack([one.argmax(axis=1) for one in votes])
    agreed = (answers == answers[0]).all(axis=0)
    found = find_mistakes(np.mean(votes, axis=0, dtype=np.float64), labels)
    return found.take(np.flatnonzero(agreed[found.indices]))
