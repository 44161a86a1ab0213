"""Frozen random streams: a seed draws the same numbers on every NumPy and every CPU.

NumPy promises that the raw bits of a bit generator and of a `SeedSequence` never change; it does
not promise that of `Generator`'s methods. So the bits are turned into numbers here, by integer
arithmetic and exact scaling alone.
"""

from collections.abc import Iterator

import numpy as np


class Stream:
    """A random stream of one purpose, drawn from front to back.

    How a draw is cut into several makes no difference: two draws of 5 give the numbers of one draw
    of 10, which is why the first pictures of a large set are the small set.

    Args:
        seed: A whole number of at least 0.
        purpose: What is drawn. Streams of other purposes are independent at the same seed.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        key = tuple(purpose.encode("utf-8"))
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key))

    def draw_words(self, count: int) -> np.ndarray:
        """Draw 64-bit words.

        Args:
            count: How many.

        Returns:
            (count,) uint64.
        """
        return self._bits.random_raw(count)

    def draw_uniforms(self, count: int) -> np.ndarray:
        """Draw numbers from [0, 1) with 53 random bits each.

        Args:
            count: How many.

        Returns:
            (count,) float64.
        """
        return to_uniforms(self.draw_words(count))

    def draw_shorts(self, rows: int, columns: int) -> np.ndarray:
        """Draw 16-bit whole numbers, four from each word.

        A row always starts on a new word, so that a row depends on its number alone.

        Args:
            rows: How many rows.
            columns: How many numbers a row.

        Returns:
            (rows, columns) uint16, 0 to 65,535.
        """
        words_per_row = -(-columns // 4)
        words = self.draw_words(rows * words_per_row).astype("<u8", copy=False)
        return words.view("<u2").reshape(rows, 4 * words_per_row)[:, :columns]

    def draw_normals(self, count: int) -> np.ndarray:
        """Draw numbers of the standard normal distribution (NumPy's frozen polar method).

        Args:
            count: How many.

        Returns:
            (count,) float64.
        """
        if not hasattr(self, "_normals"):
            self._normals = np.random.RandomState(self._bits)
        return self._normals.standard_normal(count)


def to_uniforms(words: np.ndarray) -> np.ndarray:
    """Turn 64-bit words into numbers of [0, 1).

    Args:
        words: uint64 of any shape.

    Returns:
        float64 of the same shape, multiples of 2^-53.
    """
    return (words >> np.uint64(11)) * 2.0**-53


def to_choices(words: np.ndarray, count: int) -> np.ndarray:
    """Turn 64-bit words into equally likely whole numbers below `count`.

    Args:
        words: uint64 of any shape.
        count: How many there are to choose from, below 2^31.

    Returns:
        int64 of the same shape, 0 to count - 1.
    """
    return ((words >> np.uint64(32)) * np.uint64(count) >> np.uint64(32)).astype(np.int64)


def cut_into_parts(count: int, values_each: int, values_at_once: int) -> Iterator[slice]:
    """Cut a stack of arrays into parts that are drawn, and worked on, one after the other.

    Args:
        count: How many arrays.
        values_each: How many values each has.
        values_at_once: How many values a part may have; a part has at least one array.

    Yields:
        The places of each part.
    """
    at_once = max(1, values_at_once // values_each)
    for start in range(0, count, at_once):
        yield slice(start, min(start + at_once, count))
