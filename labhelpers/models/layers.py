"""Seeds for the layers of one network, all drawn from the network's own seed."""

import numpy as np

from labhelpers.arguments import check_seed


class LayerSeeds:
    """Hands out one seed a layer, in the order in which the layers are built.

    Two layers of a network must not start from the same draw, and a network built twice
    from one seed must start the same both times, whatever was built before it.

    Args:
        seed: A whole number from 0 up, or None: then every layer gets None, and Keras draws
            from its global seed (see `keras.utils.set_random_seed`).

    Raises:
        ValueError: If the seed is neither None nor a whole number from 0 up.

    Example:
        >>> seeds = LayerSeeds(0)
        >>> seeds.draw() == seeds.draw()
        False
        >>> LayerSeeds(0).draw() == LayerSeeds(0).draw()
        True
        >>> LayerSeeds(None).draw() is None
        True
    """

    def __init__(self, seed: int | None) -> None:
        if seed is not None:
            seed = check_seed(seed)
        # RandomState's stream is frozen: a seed means the same on every NumPy.
        self._stream = None if seed is None else np.random.RandomState([seed % 2**32])

    def draw(self) -> int | None:
        """Returns the next layer's seed, or None when the network has no seed of its own."""
        if self._stream is None:
            return None
        return int(self._stream.randint(0, 2**31 - 1))
