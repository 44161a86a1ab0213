"""Seeds: one number from outside, from which all of a run's draws follow."""

import os

_SPAN = 1_000_000


def get_seed(offset: int = 0) -> int:
    """Returns this run's seed, LABHELPERS_SEED, or one of its relatives.

    `labs book replicate` sets the variable to 0, 1, 2, ... and runs the same cells each time.

    Args:
        offset: 0 for the run's own seed; 1, 2, ... for further draws that must not repeat it,
            such as test data beside training data. Two different pairs of run and offset never
            give the same seed.

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
    if isinstance(offset, bool) or not isinstance(offset, int) or not 0 <= offset < 2000:
        raise ValueError(
            f"offset must be a whole number from 0 to 1999, but is {offset!r}. "
            "Count your extra draws: get_seed(1), get_seed(2), ..."
        )
    return int(text) + _SPAN * offset


def set_seed(seed: int) -> None:
    """Sets the seed of Python, of NumPy and of the Keras backend.

    Models built and layers made afterwards start from it.

    Args:
        seed: A whole number in 0 .. 2**32 - 1, such as `get_seed()`.

    Raises:
        ValueError: If the seed is out of range.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(
            f"seed must be a whole number from 0 to {2**32 - 1}, but is {seed!r}. "
            "Use set_seed(get_seed())."
        )
    import keras

    keras.utils.set_random_seed(seed)
