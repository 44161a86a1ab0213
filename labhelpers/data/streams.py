"""Frozen random streams: a seed draws the same numbers on every NumPy and every CPU.

NumPy promises that of raw bits and of a `SeedSequence`, but not of `Generator`'s methods: bits are
turned into numbers here, by integer arithmetic and exact scaling alone.
"""

from collections.abc import Iterator

import numpy as np


class Stream:
    """A random stream of one purpose, drawn from front to back.

    How a draw is cut into several makes no difference, so the first pictures of a large set are the
    small set. Streams of other purposes are independent at the same seed.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        key = tuple(purpose.encode("utf-8"))
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key))

    def draw_words(self, count: int) -> np.ndarray:
        """Draw 64-bit words, (count,) uint64."""
        return self._bits.random_raw(count)

    def draw_shorts(self, rows: int, columns: int) -> np.ndarray:
        """Draw (rows, columns) uint16, four from each word; a row always starts on a new word."""
        words_per_row = -(-columns // 4)
        words = self.draw_words(rows * words_per_row).astype("<u8", copy=False)
        return words.view("<u2").reshape(rows, 4 * words_per_row)[:, :columns]

    def draw_normals(self, count: int) -> np.ndarray:
        """Draw (count,) float64 of the standard normal distribution (NumPy's frozen polar way)."""
        if not hasattr(self, "_normals"):
            self._normals = np.random.RandomState(self._bits)
        return self._normals.standard_normal(count)


def to_uniforms(words: np.ndarray) -> np.ndarray:
    """Turn uint64 words of any shape into float64 of [0, 1), multiples of 2^-53."""
    return (words >> np.uint64(11)) * 2.0**-53


def to_choices(words: np.ndarray, count: int) -> np.ndarray:
    """Turn uint64 words into equally likely int64 from 0 to count - 1, for a count below 2^31."""
    return ((words >> np.uint64(32)) * np.uint64(count) >> np.uint64(32)).astype(np.int64)


def cut_into_parts(count: int, values_each: int, values_at_once: int) -> Iterator[slice]:
    """Cut a stack of arrays into slices of at most `values_at_once` values, or of one array."""
    at_once = max(1, values_at_once // values_each)
    for start in range(0, count, at_once):
        yield slice(start, min(start + at_once, count))
