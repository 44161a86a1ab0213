"""Exercises of the chapter on convolutional networks for MNIST."""

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, exercise, expect


def _count(
    side: int,
    filters: list[int],
    pool_stride: int,
    units: int,
    *,
    channels_kept: bool = True,
    biases: int = 1,
    shrinks: int = 2,
    pools: bool = True,
) -> int:
    """Counts as the solution does, or with one of the usual mistakes."""
    channels, total = 1, 0
    for count in filters:
        total += count * (9 * channels + biases)
        side -= shrinks
        if pools:
            side = (side - 2) // pool_stride + 1
        channels = count if channels_kept else 1
    channels = filters[-1]
    return total + units * (side * side * channels + biases)


@exercise(
    "convolutional-count",
    hint="Carry two numbers through the layers, the side of the maps and their channels. A "
    "convolution has 9 weights for each channel that comes in, and a bias, for each filter; "
    "equation (2) gives the next side, twice: for the convolution, then for the pool.",
    done="With [32, 64, 100], stride 1 and 200 units on 28 pixels, all but the last layer of C1.",
)
def _(answer: Answer) -> Findings:
    cases: list[tuple[int, list[int], int, int]] = [
        (28, [32, 64, 100], 1, 200),
        (28, [32, 64, 100], 2, 200),
        (20, [5], 2, 7),
        (15, [3, 4], 2, 6),
    ]
    for case in cases:
        side, filters, stride, units = case
        layers = _count(*case)
        mistakes = {
            "That holds the last layer of C1, too. Stop after the layer of `units`.": (
                layers + units * 10 + 10
            ),
            "You counted the weights. Each filter and each unit has a bias as well.": (
                _count(*case, biases=0)
            ),
            "A filter looks at *all* maps that come in: 9 weights for each of them.": (
                _count(*case, channels_kept=False)
            ),
            "Without padding, a 3 x 3 convolution costs two pixels of the side.": (
                _count(*case, shrinks=0)
            ),
            "You left out the pools: even with stride 1, one takes a pixel off the side.": (
                _count(*case, pools=False)
            ),
            "Mind `pool_stride`: equation (2) divides by the stride.": (
                _count(side, filters, 3 - stride, units)
            ),
            "Those are the convolutions. The dense layer is still missing.": (
                _count(side, filters, stride, 0)
            ),
        }
        yield expect(answer, *case, right=layers, hints=mistakes)


def _pool(maps: np.ndarray, size: int, stride: int) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(maps, (size, size), axis=(0, 1))
    return windows[::stride, ::stride].max(axis=(3, 4))


@exercise(
    "convolutional-pool",
    hint="`sliding_window_view(maps, (size, size), axis=(0, 1))` has shape (H', W', C, size, "
    "size). Keep every `stride`-th row and column of windows, then take the largest of each.",
    done="With a stride as large as the window, no number is looked at twice.",
)
def _(answer: Answer) -> Findings:
    stream = np.random.RandomState(4)
    for shape, size, stride in [((6, 6, 2), 2, 2), ((5, 7, 3), 2, 1), ((9, 8, 2), 3, 2)]:
        maps = stream.randint(-90, 10, shape).astype(np.float32) / 10
        windows = np.lib.stride_tricks.sliding_window_view(maps, (size, size), axis=(0, 1))
        right = _pool(maps, size, stride)
        mistakes = {
            "That moves by one pixel. Keep every `stride`-th window, in rows and columns.": (
                windows.max(axis=(3, 4))
            ),
            "That moves by the size of the window. Move by `stride`.": _pool(maps, size, size),
            "That is the average of each window. A max-pool keeps the largest.": (
                windows[::stride, ::stride].mean(axis=(3, 4))
            ),
            "You took the largest over the channels, too. Each map is pooled for itself.": (
                windows[::stride, ::stride].max(axis=(2, 3, 4))
            ),
            "That picks one pixel of each window. Take the largest of all of them.": (
                maps[::stride, ::stride]
            ),
            "Numbers may be negative: do not begin at 0, and pad with nothing.": (
                np.maximum(right, 0)
            ),
        }
        yield expect(answer, maps, size, stride, right=right, hints=mistakes)


@exercise(
    "convolutional-penalty",
    hint="Subtract `l2` times the sum of all squared numbers in the arrays of `weights` with two "
    "or more dimensions.",
    done="Now you can compare runs with and without a penalty.",
)
def _(answer: Answer) -> Findings:
    stream = np.random.RandomState(7)
    for l2 in (1e-2, 1e-3, 0.0):
        shapes = [(3, 3, 1, 4), (4,), (36, 10), (10,)]
        weights = [stream.normal(0.3, 0.5, shape).astype(np.float32) for shape in shapes]
        kernels = [w.astype(np.float64) for w in weights if w.ndim > 1]
        squares = sum(float((w**2).sum()) for w in kernels)
        every = sum(float((w.astype(np.float64) ** 2).sum()) for w in weights)
        loss = 0.21 + l2 * squares
        mistakes = {
            "Biases are not punished: leave out arrays of one dimension.": loss - l2 * every,
            "Equation (4) has no one half: `l2` times the sum of squares.": loss - l2 / 2 * squares,
            "Multiply the sum of squares by `l2`.": loss - squares,
            "That is the penalty. Subtract it from the loss.": l2 * squares,
            "The loss holds the penalty already: take it away.": loss + l2 * squares,
            "That is the sum of sizes. The penalty takes squares.": (
                loss - l2 * sum(float(np.abs(w).sum()) for w in kernels)
            ),
            "The penalty takes the sum of the squares, not their mean.": (
                loss - l2 * sum(float((w**2).mean()) for w in kernels)
            ),
            "No root: the penalty is the sum of squares itself.": loss - l2 * squares**0.5,
        }
        yield expect(
            answer, loss, weights, l2, right=loss - l2 * squares, tolerance=1e-5, hints=mistakes
        )
