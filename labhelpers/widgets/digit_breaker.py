"""Test digits under noise and shifts, and where each network breaks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import traitlets

from labhelpers.arguments import check_choice, check_count, check_number, check_seed
from labhelpers.data.noise import add_salt_and_pepper
from labhelpers.widgets import handwriting
from labhelpers.widgets.package_files import read_still
from labhelpers.widgets.stills import draw_still

if TYPE_CHECKING:
    import keras

NOISES = ("salt and pepper", "normal")
DIRECTIONS = ("right", "left", "down", "up")
FARTHEST_PX = 10
_MOST_DIGITS = 100
_MESSAGE = (
    "A test digit, moved and under noise, and what a dense and a convolutional network of as many "
    "parameters read in it. Both learned MNIST as it is, with every digit in the middle: a few "
    "pixels to the side, and the dense network is lost before the convolutional one."
)


class DigitBreaker(handwriting.DigitsWidget):
    """The widget of `show_digit_breaker`; its attributes may be read and set live.

    With those of `DigitsWidget`:

    Attributes:
        kind: 0 for salt and pepper, 1 for normal noise.
        noise: The share of pixels replaced, or the deviation, from 0 to 1.
        way: Where it is moved: 0 right, 1 left, 2 down, 3 up.
        shift_px: How far, in px.
        seed: Draws the noise.
    """

    module: ClassVar[str] = "digit_breaker"
    height_px: ClassVar[tuple[int, int]] = (645, 1125)

    kind = traitlets.Int(0).tag(sync=True)
    noise = traitlets.Float(0.0).tag(sync=True)
    way = traitlets.Int(0).tag(sync=True)
    shift_px = traitlets.Int(0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)


def show_digit_breaker(
    models: "Mapping[str, keras.Model] | None" = None,
    *,
    images: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    kind: str = "salt and pepper",
    noise: float = 0.0,
    direction: str = "right",
    shift_px: int = 0,
    seed: int = 0,
) -> DigitBreaker:
    """Shows a digit to be moved and put under noise, and where each of some networks breaks.

    The page moves the digit (what comes in is black), lays the noise over it (values that leave
    [0, 1] are cut off), runs the networks, and looks for the first shift and the first noise at
    which each answers wrongly. It needs no kernel.

    Args:
        models: Classifiers of images (28, 28) or (28, 28, 1) in [0, 1] into ten digits, each under
            the name to show; as `export_model` takes them. Without, two that come with the package,
            both trained on MNIST as it is: a dense one, 784-32-10, and the convolutional one of
            `build_compact_cnn`, of as many parameters within a hundredth.
        images: (N, 28, 28) or (N, 28, 28, 1), uint8 or floats in [0, 1], at most 100. Without, 30
            test digits of MNIST that both of the package's networks read rightly.
        labels: (N,) their right classes, from 0 to 9.
        kind: Of the noise: "salt and pepper", or "normal".
        noise: To begin with, from 0 to 1: the share of pixels replaced, or the deviation. Steps of
            the slider are 0.05.
        direction: To begin with: "right", "left", "down" or "up".
        shift_px: To begin with, from 0 to 10.
        seed: Draws the noise to begin with.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If a model cannot run in a page, or images, labels and numbers do not fit.
    """
    digits, right = handwriting.check_digits(images, labels)
    if len(digits) > _MOST_DIGITS:
        raise ValueError(
            f"images must be at most {_MOST_DIGITS}, but {len(digits)} came: the page carries them "
            "all, and reads them all at every move. Choose a few."
        )
    if models is None:
        networks = handwriting.read_networks(handwriting.PLAIN)
        still = read_still("handwriting/digit_breaker")
    else:
        networks = handwriting.pack_networks(models, handwriting.CLASSES)
        still = draw_broken_still(models)
    return DigitBreaker(
        networks=networks,
        digits=digits,
        right=right,
        kind=NOISES.index(check_choice("kind", kind, NOISES)),
        noise=check_number("noise", noise, at_most=1.0),
        way=DIRECTIONS.index(check_choice("direction", direction, DIRECTIONS)),
        shift_px=check_count("shift_px", shift_px, at_least=0, at_most=FARTHEST_PX),
        seed=check_seed(seed),
        still=still,
        message=_MESSAGE,
    )


def draw_broken_still(models: "Mapping[str, keras.Model]") -> str:
    """Draws a digit moved and under noise, with the networks' answers, as an `<svg>`."""
    image = handwriting.read_samples()[0][handwriting.SAMPLES_PER_DIGIT * 4]
    moved = [np.roll(image, px, axis=1) for px in (0, 3, 6)]
    noisy = [add_salt_and_pepper(image[None], amount, seed=0)[0] for amount in (0.1, 0.2, 0.4)]
    images = np.stack(moved + noisy)
    said = ["as it is", "3 px right", "6 px right", "10% noise", "20% noise", "40% noise"]
    read = handwriting.word_answers(models, images / 255)
    titles = [f"{text}\n{answers}" for text, answers in zip(said, read, strict=True)]
    return draw_still(images, titles=titles, columns=3, message=_MESSAGE)
