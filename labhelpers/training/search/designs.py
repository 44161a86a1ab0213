"""Settings to be tried: a quasi-random design over a described space."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

from labhelpers.arguments import check_count, check_seed
from labhelpers.data.streams import Stream

# Sobol points are whole multiples of 2^-30.
_BITS = 30
_MOST = 1 << 20


@dataclass(frozen=True)
class Between:
    """A number from a range.

    Attributes:
        low: The least value.
        high: The greatest value.
        log: Whether equal *ratios* are equally likely, not equal differences.
    """

    low: float
    high: float
    log: bool = True

    def __post_init__(self) -> None:
        known = math.isfinite(self.low) and math.isfinite(self.high)
        if not (known and self.low < self.high and (self.low > 0 or not self.log)):
            above = ", and low above 0 on a logarithmic scale" if self.log else ""
            raise ValueError(
                f"low must be less than high{above}, but are {self.low!r} and {self.high!r}. "
                "Write for example Between(1e-3, 1)."
            )

    def place(self, share: float) -> float:
        """Returns the value a share of the way up the range, with three significant digits.

        Args:
            share: 0 for `low`, 1 for `high`.

        Example:
            >>> Between(0.01, 100).place(0.5), Between(0, 100, log=False).place(0.5)
            (1.0, 50.0)
        """
        if self.log:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        return float(f"{value:.3g}")


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
        """Returns the value a share of the way along the list.

        Args:
            share: From 0, below 1.

        Example:
            >>> OneOf((16, 32, 64)).place(0.5)
            32
        """
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
    sobol = qmc.Sobol(len(space), scramble=False, bits=_BITS)
    points = sobol.random_base2(max(count - 1, 1).bit_length())[:count]
    shift = Stream(check_seed(seed), "design").draw_words(len(space)) >> np.uint64(64 - _BITS)
    whole = (points * 2.0**_BITS).astype(np.uint64) ^ shift
    shares = (whole + 0.5) * 2.0**-_BITS
    return [
        {name: part.place(float(u)) for (name, part), u in zip(space.items(), row, strict=True)}
        for row in shares
    ]
