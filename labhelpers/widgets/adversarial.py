"""Adversarial noise with a slider: a direction computed in Python, gone along in the page."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import traitlets

from labhelpers.arguments import check_number
from labhelpers.insight.measure.gradient_signs import find_gradient_signs
from labhelpers.widgets import handwriting
from labhelpers.widgets.package_files import read_still, read_weights
from labhelpers.widgets.stills import draw_still

if TYPE_CHECKING:
    import keras

LARGEST_EPSILON = 0.4
# Directions are a digit's 784 signs, eleven times: 20 digits take 170 kB.
_MOST_DIGITS = 20
# The package's directions are those of the first.
ATTACKED_FIRST = {name: handwriting.PLAIN[name] for name in ("convolutional", "dense")}
# Shown first: the one that the package's network loses soonest.
FIRST_DIGIT = 5
_MESSAGE = (
    "A digit, a perturbation that moves every pixel by the same small amount up or down, and what "
    "two networks make of the sum. The signs were computed from the gradient of the convolutional "
    "network's loss. Random signs of the same size do next to nothing."
)


class Adversarial(handwriting.DigitsWidget):
    """The widget of `show_adversarial`; its attributes may be read and set live.

    With those of `DigitsWidget`:

    Attributes:
        way: 0 for away from the right answer, 1 + c for towards class c, 11 for random signs.
        epsilon: How far each pixel is moved, from 0 to 0.4.
        signs: The directions, (N, 11, 28, 28) int8, as bytes.
    """

    module: ClassVar[str] = "adversarial"
    height_px: ClassVar[tuple[int, int]] = (805, 850)

    way = traitlets.Int(0).tag(sync=True)
    epsilon = traitlets.Float(0.1).tag(sync=True)
    signs = traitlets.Bytes().tag(sync=True)

    def set_models(self, models: "Mapping[str, keras.Model]") -> None:
        """Puts other models in the place of those shown, and attacks the first of them."""
        networks = handwriting.pack_networks(models, self.classes)
        side = handwriting.SIDE_PX
        digits = np.frombuffer(self.images, np.uint8).reshape(-1, side, side)
        signs = find_directions(next(iter(models.values())), digits, np.array(self.labels))
        with self.hold_sync():
            self.networks, self.signs = networks, signs.tobytes()


def show_adversarial(
    models: "Mapping[str, keras.Model] | None" = None,
    *,
    images: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    epsilon: float = 0.1,
) -> Adversarial:
    """Shows a digit, a perturbation of it, and what some networks make of both together.

    Python computes the directions, the signs of gradients of the first model's loss, as
    `perturb_fast_gradient` does: away from the right class, and towards each class. The page
    multiplies them by epsilon, adds them, cuts off what leaves [0, 1], and runs all networks; it
    needs no kernel. The other models show whether the perturbation deceives them too, and random
    signs what any noise of that size does.

    Args:
        models: Classifiers of images (28, 28) or (28, 28, 1) in [0, 1] into ten digits, each under
            the name to show, the attacked one first; as `export_model` takes them. Without, two
            that come with the package and learned MNIST as it is: the convolutional one of
            `build_compact_cnn`, and a dense one, 784-32-10.
        images: (N, 28, 28) or (N, 28, 28, 1), uint8 or floats in [0, 1], at most 20. Without, ten
            test digits of MNIST that both of the package's networks read rightly.
        labels: (N,) their right classes, from 0 to 9.
        epsilon: To begin with, from 0 to 0.4, in hundredths.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If a model cannot run in a page, or images, labels and numbers do not fit.
    """
    epsilon = check_number("epsilon", epsilon, at_most=LARGEST_EPSILON)
    digits, right = handwriting.check_digits(images, labels)
    if images is None:
        digits, right = (part[:: handwriting.SAMPLES_PER_DIGIT] for part in (digits, right))
    if len(digits) > _MOST_DIGITS:
        raise ValueError(
            f"images must be at most {_MOST_DIGITS}, but {len(digits)} came: the page carries "
            "eleven directions for each. Choose a few."
        )
    if models is not None:
        networks = handwriting.pack_networks(models, handwriting.CLASSES)
        attacked = next(iter(models.values()))
        signs = find_directions(attacked, digits, right).tobytes()
        still = draw_adversarial_still(attacked, digits[0], int(right[0]))
    elif images is None:
        networks = handwriting.read_networks(ATTACKED_FIRST)
        signs, still = read_weights("handwriting/signs"), read_still("handwriting/adversarial")
    else:
        raise ValueError(
            "models must be given with images: the directions are computed from the first of them."
        )
    return Adversarial(
        networks=networks,
        digits=digits,
        right=right,
        signs=signs,
        epsilon=epsilon,
        chosen=FIRST_DIGIT if models is None else 0,
        still=still,
        message=_MESSAGE,
    )


def find_directions(model: "keras.Model", images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Finds which way each pixel goes: away from the right class, and towards each class.

    From images (N, 28, 28) uint8 and labels (N,) come signs (N, 11, 28, 28) int8.
    """
    count = len(handwriting.CLASSES)
    given = (images / np.float32(255)).reshape(-1, *model.input_shape[1:])
    away = find_gradient_signs(model, given, labels)
    classes = np.tile(np.arange(count), len(images))
    towards = -find_gradient_signs(model, given.repeat(count, axis=0), classes)
    side = handwriting.SIDE_PX
    parts = (part.reshape(len(images), -1, side, side) for part in (away, towards))
    return np.concatenate(list(parts), axis=1)


def draw_adversarial_still(model: "keras.Model", image: np.ndarray, label: int) -> str:
    """Draws a digit (28, 28) uint8, its perturbation and the sum, with what the model reads."""
    signs = find_directions(model, image[None], np.array([label]))[0, 0]
    clean = image / np.float32(255)
    far = (0.0, 0.1, 0.2)
    moved = np.stack([np.clip(clean + epsilon * signs, 0, 1) for epsilon in far])
    answers = zip(far, handwriting.answer_digits(model, moved), strict=True)
    titles = [f"epsilon {e:.1f}: read as {p.argmax()}, {p.max():.2f}" for e, p in answers]
    titles.append("perturbation (white up, black down)")
    shown = np.concatenate([moved, (signs[None] + 1) / 2])
    return draw_still(shown, titles=titles, columns=2, message=_MESSAGE)
