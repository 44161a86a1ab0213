"""Exercises of the chapter on the hourglass."""

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, exercise, expect

_LAYERS = {"c": "conv", "p": "pool"}


def _see(steps: list[str], *, conv: int = 2, pool: int = 1, stride: int = 2) -> int:
    """The width seen if a convolution adds `conv` neighbours and a pool `pool`."""
    width, distance = 1, 1
    for step in steps:
        width += (conv if step == "conv" else pool) * distance
        distance *= stride if step == "pool" else 1
    return width


@exercise(
    "hourglass-sight",
    hint="Keep two numbers, both 1 at first: the width seen, and the distance between neighbours. "
    "What does each kind of layer do to the first, and to the second?",
    done="Four convolutions alone would see 9 px. The pools make it 38 of 72.",
)
def _(answer: Answer) -> Findings:
    for letters in ("", "c", "cc", "cp", "pc", "cpc", "ppcp", "cpcpcpc"):
        steps = [_LAYERS[letter] for letter in letters]
        mistakes = {
            "After a pool, neighbours are twice as far apart: what a later layer adds counts "
            "twice.": _see(steps, stride=1),
            "A 2 x 2 pool adds one neighbour, on one side.": _see(steps, pool=2),
            "A pool sees more too: one neighbour, on one side.": _see(steps, pool=0),
            "A 3 x 3 convolution sees one neighbour on either side, which is 2 more.": (
                _see(steps, conv=3)
            ),
            "A 3 x 3 convolution has a neighbour on *either* side.": _see(steps, conv=1),
            "Start with 1: before any layer, a number sees its own pixel.": _see(steps) - 1,
            "That is right for the middle of the hourglass only: use the argument.": 38,
        }
        yield expect(answer, steps, right=_see(steps), hints=mistakes)


def _entropies(targets: np.ndarray) -> np.ndarray:
    x = targets[(targets > 0) & (targets < 1)].astype("float64")
    return -(x * np.log(x) + (1 - x) * np.log(1 - x))


@exercise(
    "hourglass-least",
    hint="For each value x take -x ln x - (1 - x) ln(1 - x), and then the mean over all values.",
    done="Take this off a cross-entropy, and only error is left.",
)
def _(answer: Answer) -> Findings:
    random = np.random.RandomState(0)
    grey = random.uniform(0.05, 0.95, (2, 4, 4, 1))
    mixed = np.where(random.uniform(size=grey.shape) < 0.5, grey, grey > 0.5)
    for targets in (np.array([0.5]), grey, np.array([0.0, 1.0, 1.0]), mixed):
        entropies = _entropies(targets)
        least = float(entropies.sum() / targets.size)
        half = targets[targets > 0].astype("float64")
        mistakes = {
            "Black and white give NaN, since 0 times ln 0 is not a number. Leave them out of "
            "the sum, but not out of the count.": np.nan,
            "You took the mean over the grey values alone. Black and white ones cost nothing, "
            "and are counted.": float(entropies.mean()) if entropies.size else "none",
            "That is the sum. Divide by the number of values.": float(entropies.sum()),
            "The sign: a logarithm of a number under 1 is negative.": -least,
            "That is in bits. The loss takes the natural logarithm.": least / np.log(2),
            "That is half of it: 1 - x has its term as well.": (
                float(-(half * np.log(half)).sum() / targets.size)
            ),
            "One number is wanted: the mean over all values.": (
                lambda v, shape=targets.shape: np.shape(v) == shape and len(shape) > 0
            ),
            "That is right for x = 1/2 only: use the argument.": float(np.log(2)),
        }
        yield expect(answer, targets, right=least, hints=mistakes)


class _Weigh:
    """A denoiser that answers differently for each view: each place has a weight of its own."""

    def __init__(self, weights: np.ndarray):
        self.weights = weights

    def __call__(self, images: np.ndarray) -> np.ndarray:
        return images * self.weights

    def __repr__(self) -> str:
        return "denoise"


def _turn(images: np.ndarray, k: int) -> np.ndarray:
    return np.rot90(images, k, axes=(1, 2))


_VIEWS = [(k, s) for k in range(4) for s in (1, -1)]


def _average(denoise: _Weigh, images: np.ndarray, views: list[tuple[int, int]]) -> np.ndarray:
    answers = [_turn(denoise(_turn(images, k)[:, :, ::s])[:, :, ::s], -k) for k, s in views]
    return np.mean(answers, axis=0)


@exercise(
    "hourglass-views",
    hint="`np.rot90(images, k, axes=(1, 2))` turns, and `-k` turns back; `[:, :, ::-1]` mirrors, "
    "and mirrors back. Undo the last thing first.",
    done="It costs eight times the time, and where the views disagree, mistakes cancel.",
)
def _(answer: Answer) -> Findings:
    for count, side, seed in ((1, 2, 0), (3, 5, 1)):
        random = np.random.RandomState(seed)
        denoise = _Weigh(random.uniform(size=(side, side, 1)))
        images = random.uniform(size=(count, side, side, 1))
        right = _average(denoise, images, _VIEWS)
        answers = [denoise(_turn(images, k)[:, :, ::s]) for k, s in _VIEWS]
        found = list(zip(answers, _VIEWS, strict=True))
        tangled = [_turn(given, -k)[:, :, ::s] for given, (k, s) in found]
        turned_on = [_turn(given[:, :, ::s], k) for given, (k, s) in found]
        mistakes = {
            "The answers lie as their views do. Turn each one back before you average.": (
                np.mean(answers, axis=0)
            ),
            "The order: a view was turned, then mirrored. Mirror its answer back first, then "
            "turn it back.": np.mean(tangled, axis=0),
            "That turns the answers on. A turn by k is undone by a turn by -k.": (
                np.mean(turned_on, axis=0)
            ),
            "Those are the four turns. Each has a mirror image as well.": (
                _average(denoise, images, _VIEWS[::2])
            ),
            "Those are two views, as it is and mirrored. Turn each one, too.": (
                _average(denoise, images, _VIEWS[:2])
            ),
            "That is the sum of the eight answers. Divide by 8.": right * 8,
            "That is the answer to one view, the picture as it is.": denoise(images),
            "Those are the eight answers. Take their mean over the first axis.": (
                lambda v, shape=images.shape: np.shape(v) == (8, *shape)
            ),
            "Those are all eight views, one after the other. Average the eight answers to each "
            "picture.": lambda v, n=8 * count: len(v) == n,
            "Nothing was cleaned: call `denoise` on each view.": images,
        }
        yield expect(answer, denoise, images, right=right, hints=mistakes)
