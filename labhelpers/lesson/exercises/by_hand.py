"""Exercises of the chapter on a network by hand."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, exercise, expect


@exercise(
    "by-hand-work",
    hint="In each layer, every image meets every weight once in each product. How many products "
    "has a layer, and how many the first?",
    done="Backward is about twice the work of forward; it is so in every network.",
)
def _(answer: Answer) -> Findings:
    cases = (([784, 400, 700, 10], 64), ([784, 100, 10], 32), ([5, 3], 7), ([4, 3, 2, 6], 1))
    for widths, batch_size in cases:
        pairs = [inputs * units for inputs, units in pairwise(widths)]
        forward, back = batch_size * sum(pairs), batch_size * sum(pairs[1:])
        mistakes = {
            "Three products a layer, but in the first one nothing is passed back: the images "
            "do not learn.": 3 * forward,
            "That is for one image. Every image of the batch takes as many.": (
                (2 * forward + back) // batch_size
            ),
            "That is (1) alone, the way forward. Add (5) and (6).": forward,
            "That is (1) and (5). Add (6), the way back through the weights.": 2 * forward,
            "That is (1) and (6). Add (5), the gradients of the weights.": forward + back,
            "It is the *first* layer that passes nothing back; the last one does.": (
                3 * forward - batch_size * pairs[-1]
            ),
            "You counted the additions too. Count the multiplications.": 2 * (2 * forward + back),
            "A bias is added, not multiplied; and the first layer passes nothing back.": (
                batch_size * 3 * sum(a * b + b for a, b in pairwise(widths))
            ),
        }
        yield expect(answer, widths, batch_size, right=2 * forward + back, hints=mistakes)


@exercise(
    "by-hand-tanh",
    hint="Two steps: bring the errors back through the weights, `delta @ weight.T`, then multiply "
    "by the slope, which the value alone tells.",
    done="Only the slope has changed. Everything else in back-propagation stays as it was.",
)
def _(answer: Answer) -> Findings:
    for images, inputs, units in ((5, 4, 3), (1, 2, 6), (3, 3, 3)):
        stream = np.random.RandomState(images)
        delta = stream.normal(size=(images, units))
        weight = stream.normal(size=(inputs, units))
        value = np.tanh(stream.normal(size=(images, inputs)))
        back = delta @ weight.T
        hints = {
            "That is the slope of the sigmoid. The slope of tanh is 1 minus its square.": (
                back * value * (1 - value)
            ),
            "The errors are back through the weights. Now multiply by the slope of tanh.": back,
            "The slope is 1 minus the *square* of the value.": back * (1 - value),
            "`value` is tanh of z already. Do not apply tanh once more.": (
                back * (1 - np.tanh(value) ** 2)
            ),
            "The slope is *1 minus* the square of the value.": back * value**2,
            "By the chain rule the slope multiplies; it does not divide.": back / (1 - value**2),
            "Multiply by the slope entry by entry, with `*`.": back @ (1 - value**2).T,
            "That is the slope. Multiply it by the errors that come back.": 1 - value**2,
        }
        if inputs == units:
            told = "The error of an input is the sum over the *units* it feeds: take `weight.T`."
            hints[told] = (delta @ weight) * (1 - value**2)
        yield expect(answer, delta, weight, value, right=back * (1 - value**2), hints=hints)


def _bend(weights: np.ndarray) -> float:
    return float((np.arange(1, weights.size + 1).reshape(weights.shape) * np.exp(weights)).sum())


def _couple(weights: np.ndarray) -> float:
    return float((weights**3).sum() + weights.sum() ** 2)


@exercise(
    "by-hand-differences",
    hint="Go through the entries with `np.ndindex(weights.shape)`. Move one entry of a copy up by "
    "`eps` and down by `eps`, and take the difference of the two losses over `2 * eps`.",
    done="It costs two losses a weight, where back-propagation costs about three for all of them.",
)
def _(answer: Answer) -> Findings:
    for loss, shape, eps in ((_couple, (3,), 1e-2), (_bend, (2, 3), 1e-2), (_couple, (2, 2), 1e-3)):
        weights = np.random.RandomState(len(shape)).uniform(0.5, 1.5, size=shape)
        units = np.eye(weights.size).reshape(-1, *shape) * eps
        above = np.array([loss(weights + unit) for unit in units]).reshape(shape)
        below = np.array([loss(weights - unit) for unit in units]).reshape(shape)
        here = loss(weights)
        right = (above - below) / (2 * eps)
        everywhere = (loss(weights + eps) - loss(weights - eps)) / (2 * eps)
        mistakes = {
            "That is the one-sided difference. Move down as well, and divide by `2 * eps`.": (
                (above - here) / eps
            ),
            "That is one-sided. Move up as well.": (here - below) / eps,
            "From `-eps` to `+eps` is a way of `2 * eps`: divide by that.": (above - below) / eps,
            "Divide by `2 * eps`, not by 2.": (above - below) / 2,
            "Mind the parentheses: `/ (2 * eps)`, since `/ 2 * eps` multiplies by eps.": (
                (above - below) * eps / 2
            ),
            "The sign is turned round: up minus down.": -right,
            "You moved all entries at once, which gives one number for all of them. Move one "
            "at a time.": everywhere,
            "You moved all entries at once. Move one at a time, and put it back.": (
                np.full(shape, everywhere)
            ),
            "Give the gradient the shape of `weights`.": right.ravel(),
            "Put each entry back before you move the next one.": _add_up(loss, weights, eps),
        }
        yield expect(answer, loss, weights, eps, right=right, tolerance=1e-7, hints=mistakes)


def _add_up(loss: Callable[[np.ndarray], float], weights: np.ndarray, eps: float) -> np.ndarray:
    """The differences that come when no entry is put back after it was moved up and down."""
    moved, found = weights.copy(), np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        moved[place] += eps
        above = loss(moved)
        moved[place] -= 2 * eps
        found[place] = (above - loss(moved)) / (2 * eps)
    return found
