"""Setting examples aside for validation."""

import numpy as np

from labhelpers.arguments import check_count, check_labels, check_number, check_seed, say_wrong
from labhelpers.data.streams import Stream

Pair = tuple[np.ndarray, np.ndarray]


def split_validation(
    x: np.ndarray,
    y: np.ndarray,
    *,
    fraction: float | None = None,
    count: int | None = None,
    seed: int,
) -> tuple[Pair, Pair]:
    """Split training data into a training and a validation part with the same mix of classes.

    Each class gives its share to validation, rounded so that the shares add up to the number asked
    for; which of its examples, is drawn. Both parts keep the order of the data.

    Args:
        x: (N, ...) examples.
        y: (N,) whole-number labels.
        fraction: The share of examples for validation, between 0 and 1; or
        count: their number. Give one of the two.
        seed: A whole number of at least 0. A seed splits alike on every NumPy.

    Returns:
        (x_train, y_train), (x_validation, y_validation): copies; no example is in both, none is
        left out, and both hold every class.

    Raises:
        TypeError: If a type is wrong, or both or neither of `fraction` and `count` came.
        ValueError: If lengths or numbers do not fit, or a class would be missing in a part.
    """
    x, y = _check_examples(x, y)
    wanted = _count_validation(len(y), fraction, count)
    seed = check_seed(seed)
    classes, members = np.unique(y, return_counts=True)
    shares = _share_out(members, wanted)
    for label, have, share in zip(classes, members, shares, strict=True):
        if share in (0, have):
            raise ValueError(
                f"Class {label} has {have} examples and would give {share} to validation, which "
                f"leaves {'validation' if share == 0 else 'training'} without it: ask for "
                f"{'more' if share == 0 else 'fewer'} validation examples than {wanted}, or bring "
                "more data."
            )
    chosen = np.zeros(len(y), bool)
    # Examples with the lowest numbers drawn, in each class.
    order = np.argsort(Stream(seed, "split").draw_words(len(y)), kind="stable")
    for label, share in zip(classes, shares, strict=True):
        chosen[order[y[order] == label][:share]] = True
    return (x[~chosen], y[~chosen]), (x[chosen], y[chosen])


def _check_examples(x: object, y: object) -> Pair:
    if not isinstance(x, np.ndarray) or x.ndim < 1:
        raise TypeError(say_wrong("x", "an array (N, ...) of examples", x))
    y = check_labels("y", y, count=len(x))
    if len(y) < 2:
        raise ValueError(f"x must hold at least 2 examples to be split, but {len(y)} came.")
    return x, y


def _count_validation(total: int, fraction: object, count: object) -> int:
    if (fraction is None) == (count is None):
        raise TypeError(
            f"Give one of fraction and count, but fraction={fraction!r} and count={count!r} came."
        )
    if count is not None:
        return check_count("count", count, at_most=total - 1)
    share = check_number("fraction", fraction, at_most=1.0)
    wanted = round(share * total)
    if not 0 < wanted < total:
        raise ValueError(
            f"fraction must leave examples in both parts, but {share:g} of {total} examples is "
            f"{wanted}."
        )
    return wanted


def _share_out(members: np.ndarray, wanted: int) -> np.ndarray:
    """Share `wanted` out in proportion to `members`; the largest remainders are rounded up.

    In whole numbers, so that nothing depends on rounding; ties go to the lower label.
    """
    total = int(members.sum())
    shares, remainders = np.divmod(members.astype(np.int64) * wanted, total)
    missing = wanted - int(shares.sum())
    shares[np.argsort(-remainders, kind="stable")[:missing]] += 1
    return shares
