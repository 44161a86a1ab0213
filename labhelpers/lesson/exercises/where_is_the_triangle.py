"""Exercises of the chapter on the corners of a triangle."""

from itertools import permutations

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, any_of, exercise, expect


@exercise(
    "where-is-the-triangle-constant",
    hint="Each of the K numbers has a best constant of its own: its mean over the N examples. "
    "What is left is each number's variance; then take the mean.",
    done="Any loss above this one knows less than nothing.",
)
def _(answer: Answer) -> Findings:
    for rows, numbers, seed in ((5, 6, 1), (40, 2, 2), (1, 3, 3)):
        stream = np.random.RandomState(seed)
        targets = stream.uniform(size=(rows, numbers)) + np.arange(numbers)
        spread = targets.var(axis=0)
        mistakes = {
            "That is one constant for all K numbers. A network may answer a different constant "
            "for each: use axis=0.": targets.var(),
            "That is right for each number alone. The loss is their mean.": spread,
            "The mean squared error is a mean over the K numbers, not a sum.": spread.sum(),
            "That is a mean of standard deviations. The loss is of *squared* errors.": (
                targets.std(axis=0).mean()
            ),
            "That is the root of it. The loss itself is squared.": np.sqrt(spread.mean()),
            "That is the loss of answering 0. Another constant does better: which?": (
                (targets**2).mean()
            ),
            "The median is best for the mean *absolute* error. Which constant is best for the "
            "squared one?": ((targets - np.median(targets, axis=0)) ** 2).mean(),
            "That is the best constant itself. Which loss does it pay?": targets.mean(axis=0),
            "Divide by N, not by N - 1: this is the loss on these examples.": (
                targets.var(axis=0, ddof=1).mean() if rows > 1 else None
            ),
        }
        yield expect(answer, targets, right=float(spread.mean()), tolerance=1e-7, hints=mistakes)


@exercise(
    "where-is-the-triangle-matching",
    hint="Go through `permutations(range(3))`, take the mean distance of `corners[list(order)]` "
    "from `true_corners`, and keep the least of the six.",
    done="With more points, trying all orders is too slow: 10 have 3,628,800. Look up the "
    "Hungarian algorithm.",
)
def _(answer: Answer) -> Findings:
    # Turned first, where the order given is wrong, then mirrored, where three orders are too few.
    orders = ((1, 2, 0), (2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 0, 2), (0, 1, 2))
    cases = [_draw_case(order, seed) for seed, order in enumerate(orders, start=22)]
    # Two corners are nearest to the same one, on either side.
    three = np.array([[10.0, 10.0], [11.0, 10.0], [60.0, 60.0]])
    others = np.array([[10.5, 12.0], [10.0, 50.0], [62.0, 58.0]])
    cases += [(three, others), (others, three)]
    for corners, right in cases:
        gaps = np.linalg.norm(corners[:, None] - right, axis=2)
        means = [gaps[list(order), range(3)].mean() for order in permutations(range(3))]
        turned = [gaps[np.roll(range(3), k), range(3)].mean() for k in range(3)]
        swapped = (np.sort(corners, axis=0), np.sort(right, axis=0))
        mistakes = {
            "You tried three orders: those that go round the same way. There are six.": min(turned),
            "That is the worst of the six matchings. Take the best.": max(means),
            "That takes the corners in the order given. A triangle has no first.": means[0],
            "That is the sum over the corners. The mean is wanted.": 3 * min(means),
            "That is the mean over all matchings. Take the best one.": np.mean(means),
            "You took the nearest corner for each: two may then share one, and a corner that "
            "was never found costs nothing.": gaps.min(axis=0).mean(),
            "You took the nearest right corner for each: two may then share one, and a corner "
            "that was never found costs nothing.": gaps.min(axis=1).mean(),
            "Sorting each axis breaks the pairs of x and y. Move whole corners.": (
                np.linalg.norm(swapped[0] - swapped[1], axis=1).mean()
            ),
            "That is squared. Distances are in pixels: take the root before the mean.": (
                any_of(*((gaps[list(o), range(3)] ** 2).mean() for o in permutations(range(3))))
            ),
        }
        least = float(min(means))
        yield expect(answer, corners, right, right=least, tolerance=1e-7, hints=mistakes)


@exercise(
    "where-is-the-triangle-greys",
    hint="The picture is a straight line in the coverage: paper where it is 0, ink where it is 1. "
    "`np.polyfit(x, y, 1)` fits a line to two rows of numbers and returns slope and intercept.",
    done="So the greys need not be known. Fit them after every step, and render-and-compare works "
    "on any paper and any ink.",
)
def _(answer: Answer) -> Findings:
    for paper, ink, deviation, seed in ((0.9, 0.1, 0.0, 1), (0.8, 0.3, 0.1, 3), (0.2, 0.7, 0.0, 2)):
        stream = np.random.RandomState(seed)
        coverage = np.clip(stream.uniform(-0.6, 1.6, size=(9, 9)), 0, 1)
        image = paper + (ink - paper) * coverage + deviation * stream.normal(size=(9, 9))
        slope, start = np.polyfit(coverage.ravel(), image.ravel(), 1)
        mistakes = {
            "The two greys changed places: paper comes first.": (start + slope, start),
            "The second number is the *difference* of ink and paper. What is the grey where "
            "the coverage is 1?": (start, slope),
            "`np.polyfit` returns the slope first: the step from paper to ink.": (slope, start),
            "The lightest and the darkest pixel are noise's, and ink may be the lighter one. "
            "Use all pixels.": (image.max(), image.min()),
            "Pixels at the edge are a mixture: cut in two halves, they pull both means "
            "together. Fit a line instead.": (
                (image[coverage < 0.5].mean(), image[coverage >= 0.5].mean())
            ),
            "Good, but the pixels at the edge know something too: fit a line to all.": (
                (image[coverage == 0].mean(), image[coverage == 1].mean()) if deviation else None
            ),
        }
        greys = (float(start), float(start + slope))
        yield expect(answer, image, coverage, right=greys, tolerance=1e-6, hints=mistakes)


def _draw_case(order: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws a triangle, and the same with its corners moved a little and put in that order."""
    stream = np.random.RandomState(seed)
    right = stream.uniform(5, 67, size=(3, 2))
    return (right + stream.normal(scale=3.0, size=(3, 2)))[list(order)], right
