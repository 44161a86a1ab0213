"""Learning rates that change during a training."""

import keras

from labhelpers.arguments import check_count, check_number


def make_warmup_cosine(
    rate: float, steps: int, *, warmup_steps: int, first_rate: float = 0.0
) -> keras.optimizers.schedules.CosineDecay:
    """Makes a rate that rises along a line and then falls to 0 along half a cosine.

    Args:
        rate: The highest rate, reached after the rise.
        steps: Steps of the whole training: epochs times batches an epoch.
        warmup_steps: Steps of the rise.
        first_rate: Where the rise begins.

    Returns:
        A schedule, to be given to an optimizer as its learning rate.

    Raises:
        TypeError, ValueError: If a number is of the wrong type or out of its range.

    Source:
        I. Loshchilov and F. Hutter (2017), SGDR; the rise: P. Goyal and others (2017), Accurate,
        large minibatch SGD.

    Example:
        >>> schedule = make_warmup_cosine(0.1, 100, warmup_steps=20)
        >>> [round(float(schedule(step)), 3) for step in (0, 10, 20, 60, 100)]
        [0.0, 0.05, 0.1, 0.05, 0.0]
    """
    steps = check_count("steps", steps)
    warmup_steps = check_count("warmup_steps", warmup_steps, at_most=steps)
    return keras.optimizers.schedules.CosineDecay(
        check_number("first_rate", first_rate),
        decay_steps=max(1, steps - warmup_steps),
        warmup_target=check_number("rate", rate, is_more=True),
        warmup_steps=warmup_steps,
    )
