"""Draw a digit, and watch it being centred, and read by networks, layer by layer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import traitlets

from labhelpers.arguments import check_count
from labhelpers.data.centring import centre_digit
from labhelpers.widgets import handwriting
from labhelpers.widgets.package_files import read_still
from labhelpers.widgets.stills import draw_still

if TYPE_CHECKING:
    import keras

_PEN_PX = 10
_MESSAGE = (
    "Digits as somebody drew them, the same centred and scaled as MNIST's are, and what a dense "
    "and a convolutional network read in them. Networks know what they were shown: a digit drawn "
    "small in a corner is read only because it is first brought to the size and place of MNIST's."
)


class DigitDrawer(handwriting.HandwritingWidget):
    """The widget of `show_digit_drawer`; its attributes may be read and set live.

    With those of `HandwritingWidget`:

    Attributes:
        sample: The digit on the board to begin with, from 1; 0 for an empty board.
        pen_px: Width of the pen, in px of a board 112 px wide.
        samples: Digits to start from, (N, 28, 28) uint8, as bytes.
        sample_names: Their names.
    """

    module: ClassVar[str] = "digit_drawer"
    height_px: ClassVar[tuple[int, int]] = (775, 1300)

    sample = traitlets.Int(5).tag(sync=True)
    pen_px = traitlets.Int(_PEN_PX).tag(sync=True)
    samples = traitlets.Bytes().tag(sync=True)
    sample_names = traitlets.List(traitlets.Unicode()).tag(sync=True)


def show_digit_drawer(
    models: "Mapping[str, keras.Model] | None" = None,
    *,
    sample: int | None = 4,
    pen_px: int = _PEN_PX,
) -> DigitDrawer:
    """Shows a board to draw a digit on, and what some networks read, with their layers' maps.

    The page centres and scales the drawing as `centre_digit` does, shows that, and runs the
    networks; it needs no kernel. It is drawn on with a mouse, a finger, or the arrow keys.

    Args:
        models: Classifiers of images (28, 28) or (28, 28, 1) in [0, 1] into ten digits, each under
            the name to show; as `export_model` takes them. Without, two that come with the package,
            trained on MNIST and distorted copies of it: a dense one, 784-128-64-10, and the
            convolutional one of `build_compact_cnn`.
        sample: The digit on the board to begin with, from 0 to 9; it makes room for the first
            stroke. None for an empty board.
        pen_px: Width of the pen, in px of a board 112 px wide, from 4 to 24.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If a model cannot run in a page, or a number is out of bounds.
    """
    pen_px = check_count("pen_px", pen_px, at_least=4, at_most=24)
    started = 0 if sample is None else 1 + check_count("sample", sample, at_least=0, at_most=9)
    if models is None:
        networks = handwriting.read_networks(handwriting.DRAWN)
        still = read_still("handwriting/digit_drawer")
    else:
        networks = handwriting.pack_networks(models, handwriting.CLASSES)
        still = draw_drawn_still(models)
    images, labels = handwriting.read_samples()
    shown = slice(None, None, handwriting.SAMPLES_PER_DIGIT)
    return DigitDrawer(
        networks=networks,
        samples=images[shown].tobytes(),
        sample_names=handwriting.name_samples(labels[shown]),
        sample=started,
        pen_px=pen_px,
        still=still,
        message=_MESSAGE,
    )


def draw_drawn_still(models: "Mapping[str, keras.Model]") -> str:
    """Draws three digits off the middle, each as it is centred, with the networks' answers."""
    images, _ = handwriting.read_samples()
    chosen = [handwriting.SAMPLES_PER_DIGIT * digit + 1 for digit in (3, 4, 7)]
    drawn = np.stack([_misplace(images[i], place) for place, i in enumerate(chosen)])
    centred = centre_digit(drawn)

    boards = np.float32(drawn) / 255
    # Both rows at one size: the board's.
    enlarged = centred.repeat(2, axis=1).repeat(2, axis=2)
    return draw_still(
        np.concatenate([boards, enlarged]),
        titles=["as drawn"] * len(drawn) + handwriting.word_answers(models, centred),
        columns=3,
        message=_MESSAGE,
    )


def _misplace(image: np.ndarray, place: int) -> np.ndarray:
    """Puts a digit somewhere on a board of 56 px."""
    board = np.zeros((56, 56), np.uint8)
    top, left = ((0, 0), (26, 4), (8, 28))[place]
    board[top : top + 28, left : left + 28] = image
    return board
