"""Exercises of the chapter on denoising autoencoders."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from labhelpers.lesson.exercises import Answer, Failed, Findings, any_of, exercise, expect
from labhelpers.lesson.exercises.experiments import check_experiment

# An empty frame in place of each digit has about 9 dB.
_EMPTY_PSNR = 10.0


@exercise(
    "clean-up-noise",
    hint="Draw one uniform number a pixel. Below amount / 2 the pixel becomes 0, from there to "
    "below amount it becomes 1, and else it stays.",
    done="One number a pixel decides both whether it is replaced and by what.",
)
def _(answer: Answer) -> Findings:
    images = np.random.RandomState(0).uniform(0.2, 0.8, (40, 28, 28))
    for amount in (0.0, 0.4, 1.0):
        given = images.copy()
        noisy = answer(given, amount, np.random.RandomState(1))
        if noisy is None or noisy is Ellipsis:
            yield Failed("", untouched=True)
        yield _check_noise(noisy, images, given, amount)


def _check_noise(noisy: object, images: np.ndarray, given: np.ndarray, amount: float) -> str | None:
    if not isinstance(noisy, np.ndarray) or noisy.shape != images.shape:
        return f"Return an array of the images' shape, {images.shape}."
    if not np.array_equal(given, images):
        return "The images that came were changed themselves: work on a copy."
    if not np.isin(noisy[noisy != images], (0.0, 1.0)).all():
        return "A replaced pixel becomes exactly 0 or exactly 1; nothing is added to it."
    replaced = noisy != images
    if 0 < amount < 1 and np.array_equal(replaced[0], replaced[1]):
        return "Every image got the same noise: draw a number for each pixel of each image."
    black, white = float((noisy == 0).mean()), float((noisy == 1).mean())
    # Five standard errors of a share of these many pixels.
    room = 5 * math.sqrt(0.25 / images.size)
    if abs(black + white - 2 * amount) < room and amount > 0:
        return "Twice as many pixels are replaced as asked for: `amount` is the share of both."
    if abs(black + white - amount) > room:
        return f"At amount {amount}, a share of {black + white:.2f} is replaced."
    if abs(black - white) > 2 * room:
        return f"Half of them must become 1 and half 0, but {white:.2f} and {black:.2f} do."
    return None


@exercise(
    "clean-up-widths",
    hint="Go through the strides. A positive one divides the width, rounded up; a negative one "
    "multiplies it.",
    done="Only widths that are multiples of 4 come back: every division must leave no rest.",
)
def _(answer: Answer) -> Findings:
    for width, strides in ((28, (2, 1, 2, -2, -2)), (30, (2, 2, -2, -2)), (9, (3, -3, 1))):
        right = _follow(width, strides)
        floored = _follow(width, strides, divide=lambda width, stride: width // stride)
        turned = _follow(width, [-stride for stride in strides])
        mistakes = {
            "Padded, a width that does not divide is rounded up, not down.": floored,
            "It is turned round: a positive stride makes the map smaller.": turned,
            "Return the width after each layer, without the one that came in.": (
                any_of([width, *right])
            ),
            "Return the widths after all layers, as a list.": right[-1],
        }
        yield expect(answer, width, strides, right=right, hints=mistakes)


def _follow(
    width: int,
    strides: Sequence[int],
    divide: Callable[[int, int], int] = lambda width, stride: -(-width // stride),
) -> list[int]:
    """Returns the widths after each layer."""
    widths = []
    for stride in strides:
        width = divide(width, stride) if stride > 0 else width * -stride
        widths.append(width)
    return widths


@exercise(
    "clean-up-experiment",
    hint="Train twice for each seed, once without and once with your one change, and report the "
    "mean of `measure_psnr` over the validation images at noise 0.4.",
    limit_s=300.0,
)
def _(answer: Answer) -> Findings:
    return check_experiment(
        answer,
        measure="psnr",
        quantity="PSNR",
        find_impossible=_find_impossible_psnr,
        find_unsound=_find_untrained,
    )


def _find_impossible_psnr(values: Sequence[float]) -> str | None:
    if all(-20.0 < value < 60.0 for value in values):
        return None
    return "holds a value that is no PSNR of a denoiser: they lie between 5 and 40 dB."


def _find_untrained(values: Sequence[float]) -> str | None:
    if float(np.mean(values)) >= _EMPTY_PSNR:
        return None
    return (
        "Without the change, your network is no better than an empty frame. Train it for at least "
        "two passes before you compare."
    )
