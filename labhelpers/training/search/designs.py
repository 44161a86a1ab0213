"""Settings to be tried: a quasi-random design over a described space."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its submodules load when they are used: scipy.stats takes a second

from labhelpers.arguments import check_count, check_seed
from labhelpers.data.streams import Stream

# Sobol points are whole multiples of 2^-30.
_BITS = 30
_MOST = 1 << 20


@dataclass(frozen=True)
class Between:
    """A number from a range, in which equal *ratios* are equally likely.

    Attributes:
        low: The least value, above 0.
        high: The greatest value.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high < math.inf:
            raise ValueError(
                f"low must be above 0 and less than high, but are {self.low!r} and {self.high!r}. "
                "Write for example Between(1e-3, 1)."
            )

    def place(self, share: float) -> float:
        """Returns the value a share of the way up the range, with three significant digits."""
        return float(f"{self.low * (self.high / self.low) ** share:.3g}")


@dataclass(frozen=True)
class OneOf:
    """One of some values, each equally likely.

    Attributes:
        values: Texts or numbers.
    """

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if isinstance(self.values, str) or not len(self.values):
            raise ValueError(
                f"values must be some values, at least one, but is {self.values!r}. "
                "Write for example OneOf((16, 32, 64))."
            )

    def place(self, share: float) -> Any:
        """Returns the value a share, from 0 and below 1, of the way along the list."""
        return self.values[min(int(share * len(self.values)), len(self.values) - 1)]


Space = Mapping[str, Between | OneOf]


def make_design(space: Space, count: int, *, seed: int) -> list[dict[str, Any]]:
    """Makes settings that fill a space evenly: Sobol points, shifted at random.

    Any one name alone takes well-spread values, and so do most pairs. The first settings of a
    larger design are the smaller design. A seed gives the same settings on every machine.

    Args:
        space: What to choose from, by name.
        count: How many settings; powers of two are spread best.
        seed: Of the shift (an exclusive or on the binary digits, the same for all points).

    Returns:
        `count` settings, each with a value for every name.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of its range, or the space is empty.

    Source:
        S. Joe and F. Y. Kuo (2008), Constructing Sobol sequences with better two-dimensional
        projections; the shift: A. B. Owen (2003), Variance with alternative scramblings.

    Example:
        >>> len(make_design({"rate": Between(1e-3, 1), "batch_size": OneOf((32, 64))}, 8, seed=0))
        8
    """
    if not space:
        raise ValueError("space must have at least one name. Try {'rate': Between(1e-3, 1)}.")
    count = check_count("count", count, at_most=_MOST)
    sobol = scipy.stats.qmc.Sobol(len(space), scramble=False, bits=_BITS)
    points = sobol.random_base2(max(count - 1, 1).bit_length())[:count]
    shift = Stream(check_seed(seed), "design").draw_words(len(space)) >> np.uint64(64 - _BITS)
    whole = (points * 2.0**_BITS).astype(np.uint64) ^ shift
    shares = (whole + 0.5) * 2.0**-_BITS
    return [
        {name: part.place(float(u)) for (name, part), u in zip(space.items(), row, strict=True)}
        for row in shares
    ]
