"""Seeds: one number from outside, from which all of a run's draws follow."""

import os

from labhelpers.arguments import check_count, check_seed

_SPAN = 1_000_000


def get_seed(offset: int = 0) -> int:
    """Returns this run's seed, LABHELPERS_SEED, or one of its relatives.

    `labs book replicate` sets the variable to 0, 1, 2, ... and runs the same cells each time.

    Args:
        offset: 0 for the run's own seed; 1, 2, ... for further draws that must not repeat it,
            such as test data. Two different pairs of run and offset never share a seed.

    Returns:
        A whole number in 0 .. 2**31 - 1; 0 for offset 0 where the variable is not set.

    Raises:
        ValueError: If LABHELPERS_SEED or the offset is not a whole number in range.

    Example:
        >>> get_seed(1) - get_seed()
        1000000
    """
    text = os.environ.get("LABHELPERS_SEED", "").strip() or "0"
    if not text.isdecimal() or int(text) >= _SPAN:
        raise ValueError(
            f"LABHELPERS_SEED must be a whole number from 0 to {_SPAN - 1}, but is {text!r}. "
            "Set it to one, or unset it for 0."
        )
    way_on = "Count your extra draws: get_seed(1), get_seed(2), ..."
    offset = check_count("offset", offset, at_least=0, at_most=1999, way_on=way_on)
    return int(text) + _SPAN * offset


def set_seed(seed: int) -> None:
    """Sets the seed of Python, of NumPy and of the Keras backend, for models and layers made next.

    Args:
        seed: A whole number in 0 .. 2**32 - 1, such as `get_seed()`.

    Raises:
        ValueError: If the seed is out of range.
    """
    seed = check_seed(seed, at_most=2**32 - 1)
    import keras

    keras.utils.set_random_seed(seed)
