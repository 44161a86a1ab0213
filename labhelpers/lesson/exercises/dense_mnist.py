"""Exercises of the chapter on a dense network for MNIST."""

from itertools import pairwise

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, any_of, exercise, expect


@exercise(
    "dense-mnist-count",
    hint="Go from each width to the next: a weight for every pair, and a bias for every unit of "
    "the second.",
    done="Nearly all of them sit in the first layer, where the input is widest.",
)
def _(answer: Answer) -> Findings:
    for widths in ([784, 64, 64, 10], [784, 500, 300, 10], [784, 10], [3, 2]):
        pairs = list(pairwise(widths))
        weights = sum(inputs * units for inputs, units in pairs)
        biases = sum(widths[1:])
        mistakes = {
            "That is right for [784, 64, 64, 10] only: go through `widths`.": 55_050,
            "You counted the weights. Each unit has a bias as well.": weights,
            "The inputs have no biases: they are pixels, and compute nothing.": (
                weights + sum(widths)
            ),
            "A bias belongs to a unit, so to the *second* width of each pair.": (
                weights + sum(widths[:-1])
            ),
            "One bias a layer is too few: every unit has its own.": weights + len(pairs),
            "The last layer has biases too, one for each class.": weights + sum(widths[1:-1]),
            "Layers are added, not multiplied: only neighbouring widths form pairs.": (
                int(np.prod(widths))
            ),
            "That is the number of biases, one for each unit. Now add the weights.": biases,
            "That is the first layer alone: go on through all of `widths`.": (
                pairs[0][0] * pairs[0][1] + pairs[0][1]
            ),
        }
        yield expect(answer, widths, right=weights + biases, hints=mistakes)


def _draw_images(seed: int, count: int, *, constant: bool) -> np.ndarray:
    images = np.random.RandomState(seed).randint(0, 256, (count, 4, 4)).astype(np.uint8)
    if constant:
        images[:, 0, 0] = 0
    return images


@exercise(
    "dense-mnist-standardise",
    hint="Two numbers for each pixel, its mean and its standard deviation, both over `axis=0` of "
    "`train`. Then treat `images` with them.",
    done="Whatever is learned from data, and be it a mean, is learned from the training images.",
)
def _(answer: Answer) -> Findings:
    for constant in (False, True):
        train = _draw_images(1, 40, constant=constant)
        images = (_draw_images(2, 6, constant=constant) // 2 + 20).astype(np.uint8)
        mean, spread = train.mean(axis=0), train.std(axis=0)
        moving = spread > 0
        safe = np.where(moving, spread, 1.0)
        right = np.where(moving, images - mean, 0.0) / safe
        own, own_spread = images.mean(axis=0), images.std(axis=0)
        with np.errstate(all="ignore"):
            divided = (images - mean) / spread
            wrapped = (images - mean.astype(np.uint8)) / safe
            by_own = (images - own) / np.where(own_spread > 0, own_spread, 1.0)
            unguarded_own = (images - own) / own_spread
        mistakes = {
            "You took the statistics of `images`. Take those of `train`: at work, a network "
            "gets images one at a time, without a mean of their own.": (
                any_of(by_own, unguarded_own)
            ),
            "There is NaN or infinity: a pixel that never changes has a standard deviation of "
            "0. Divide by 1 there, and set the pixel to 0.": (
                lambda value: not np.isfinite(value).all()
            ),
            "That is one mean for all pixels together. Take one for each pixel: `axis=0`.": (
                (images - train.mean()) / train.std()
            ),
            "The mean is gone; now divide by the standard deviation of each pixel.": (
                any_of(right * safe, images - mean)
            ),
            "You divided, but did not subtract the mean.": (
                any_of(images / safe, divided + mean / safe)
            ),
            "You divided by the variance. The standard deviation is its square root.": (
                (images - mean) / safe**2
            ),
            "Mind the order: subtract first, in parentheses, then divide.": images - mean / safe,
            "You returned the training images. Prepare `images` by them.": (train - mean) / safe,
            "Bytes wrap round when you subtract: 10 - 20 gives 246. Use floats.": wrapped,
            "A pixel that never changes in training tells nothing: it must become 0, even "
            "where `images` differ from its mean.": (
                any_of((images - mean) / safe, (images - mean) / np.maximum(spread, 1e-7))
            ),
        }
        yield expect(answer, train, images, right=right, tolerance=1e-4, hints=mistakes)


@exercise(
    "dense-mnist-lead",
    hint="Count a, the images that `first` alone reads rightly, and b, those that `second` alone "
    "does. Images on which both are right, or both wrong, do not count.",
    done="About 2 is where luck becomes a poor explanation.",
)
def _(answer: Answer) -> Findings:
    labels = np.arange(60) % 10
    good, poor = labels.copy(), labels.copy()
    good[:4] = (labels[:4] + 1) % 10
    poor[2:15] = (labels[2:15] + 2) % 10
    pairs = ((good, poor), (poor, good), (good, good), (labels, good))
    for first, second in pairs:
        a = int(((first == labels) & (second != labels)).sum())
        b = int(((second == labels) & (first != labels)).sum())
        right_first, right_second = int((first == labels).sum()), int((second == labels).sum())
        differ = int((first != second).sum())
        right = (a - b) / max(a + b, 1) ** 0.5
        mistakes = {
            "It divides by zero when the two never differ. The lead is 0 then.": (
                lambda value: np.isscalar(value) and not np.isfinite(value)
            ),
            "Keep the sign: it says who is ahead.": abs(right),
            "The sign is turned round: positive means that `first` is ahead.": -right,
            "That is the difference. Divide it by its standard deviation.": a - b,
            "The square root of a + b is wanted below the line.": (a - b) / max(a + b, 1),
            "That is the difference of the scores: divide by the root of a + b.": (a - b)
            / len(labels),
            "Below the line, only the images on which one alone is right count.": (a - b)
            / len(labels) ** 0.5,
            "Images that both read rightly tell nothing: leave them out of a and of b.": (
                (right_first - right_second) / max(right_first + right_second, 1) ** 0.5
            ),
            "Below the line stand also images that both read wrongly, each in its own way. "
            "Leave them out.": (a - b) / max(differ, 1) ** 0.5,
        }
        yield expect(answer, first, second, labels, right=right, hints=mistakes)
