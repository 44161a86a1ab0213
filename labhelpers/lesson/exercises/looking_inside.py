"""Exercises of the chapter that looks inside a network."""

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, any_of, exercise, expect


@exercise(
    "looking-inside-second",
    hint="All probabilities add up to 1, and none is above the first. The second is largest when "
    "the others get nothing, and smallest when all others get the same.",
    done="So a pair of 0.9 never comes out of a softmax; nor does 0.6 beside 0.5.",
)
def _(answer: Answer) -> Findings:
    for first, classes in ((0.9, 10), (0.4, 10), (0.7, 3), (0.5, 2), (1.0, 10)):
        left = 1 - first
        low, high = left / (classes - 1), min(first, left)
        mistakes = {
            "The other way round: the lowest first.": (high, low),
            "What is left is 1 - first, but the second cannot be above the first.": (low, left),
            "The two may not add up to more than 1.": (low, first),
            "One half is the highest of all; for this `first` it is less.": (low, 0.5),
            "At 0 it would not be the second any more: something is left, and it is shared by "
            "the others.": (0.0, high),
            "What is left is shared by all classes but the first.": (left / classes, high),
            "The others share 1 - first, not 1.": (1 / classes, high),
        }
        yield expect(answer, first, classes, right=(low, high), hints=mistakes)


def _soften(logits: np.ndarray, axis: int = 1) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=axis, keepdims=True)


@exercise(
    "looking-inside-temperature",
    hint="Take each probability to the power 1 / temperature, then divide each row by its sum.",
    done="One number for all images: it changes how sure a network sounds, and no answer.",
)
def _(answer: Answer) -> Findings:
    given = _soften(np.random.RandomState(0).normal(scale=2.0, size=(4, 5)))
    for temperature in (2.0, 0.5):
        logs = np.log(given)
        softer, raised = logs / temperature, given ** (1 / temperature)
        mistakes = {
            "The rows do not add up to 1 any more: divide each by its sum.": raised,
            "That is the power `temperature`. A temperature above 1 shall make the network "
            "less sure: take the power 1 / temperature.": _soften(logs * temperature),
            "Take the power 1 / temperature, and divide by the sum.": given**temperature,
            "Nothing changed. Dividing probabilities by a number and then by their sum gives "
            "them back: divide their *logarithms*, or take a power.": given,
            "Divide the logarithms, not the probabilities.": given / temperature,
            "That is a softmax of probabilities. Softmax wants logits: np.log of them.": (
                _soften(given / temperature)
            ),
            "These are logits. Softmax makes probabilities of them.": softer,
            "Each *row* is an image, and shall add up to 1: axis=1.": _soften(softer, axis=0),
            "That is the sum of all rows together: use axis=1, keepdims=True.": raised
            / raised.sum(),
        }
        yield expect(answer, given, temperature, right=_soften(softer), hints=mistakes)


@exercise(
    "looking-inside-push",
    hint="Softmax first. Then the gradient of the cross-entropy at the pixels is "
    "(p - t) @ weights.T, with the one-hot labels t. Move by epsilon times its sign, and cut to "
    "0..1.",
    done="Deep networks differ in one thing only: there the chain rule has more steps.",
)
def _(answer: Answer) -> Findings:
    random = np.random.RandomState(3)
    images = random.random_sample((5, 6)).round(2)
    weights, bias = random.normal(size=(6, 3)), random.normal(size=3)
    labels = np.array([0, 2, 1, 1, 0])
    for epsilon in (0.05, 0.4):
        logits = images @ weights + bias
        p = _soften(logits)
        t = np.eye(3)[labels]
        gradient = (p - t) @ weights.T
        step = epsilon * np.sign(gradient)
        mistakes = {
            "That lowers the loss of the right class. To lose it, go up the gradient.": (
                np.clip(images - step, 0, 1)
            ),
            "Pixels leave 0..1: cut them with np.clip.": images + step,
            "Take the *sign* of the gradient: each pixel moves by epsilon, whole.": (
                any_of(np.clip(images + epsilon * gradient, 0, 1), images + epsilon * gradient)
            ),
            "Subtract the one-hot labels: the gradient begins with p - t.": (
                np.clip(images + epsilon * np.sign(p @ weights.T), 0, 1)
            ),
            "Put the logits through a softmax first: p - t wants probabilities.": (
                np.clip(images + epsilon * np.sign((logits - t) @ weights.T), 0, 1)
            ),
            "That is the noise. Add it to the images, and cut to 0..1.": step,
        }
        right = np.clip(images + step, 0, 1)
        yield expect(answer, images, labels, weights, bias, epsilon, right=right, hints=mistakes)
