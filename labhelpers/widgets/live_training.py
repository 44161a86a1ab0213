"""One dense layer that learns in the reader's browser, its weights as pictures while it does."""

from typing import ClassVar

import numpy as np
import traitlets

from labhelpers.arguments import check_choice, check_count, check_number, check_seed
from labhelpers.data.drawn.outlines import KINDS, draw_outlines
from labhelpers.data.streams import Stream
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.package_files import read_still

OPTIMIZERS = ("Adam", "SGD", "SGD, Nesterov momentum")
BATCH_SIZES = tuple(2**k for k in range(10))
MOST_IMAGES = 300
SIZE_PX = 72
_LARGEST_NOISE = 400.0
_LEAST_RATE, _LARGEST_RATE = 1e-5, 1.0
# The page multiplies a seed by 1,000 and takes the lower 32 bits.
_LARGEST_SEED = 2**31 - 1
MESSAGE = (
    "One dense layer learns to tell squares, disks and triangles apart. The weights of each class, "
    "random at first, become a picture (blue: paper here speaks for the class; red: ink here does) "
    "while the losses on training and validation images fall."
)


class LiveTraining(LiveWidget):
    """The widget of `show_live_training`; its attributes may be read and set live.

    Setting any but `rate` and `running` begins the training anew.

    Attributes:
        running: Whether it is learning now.
        optimizer: One of `OPTIMIZERS`.
        rate: The learning rate.
        batch_size: Images a step: a power of two, at most 512.
        noise: Amplitude of the noise, in grey values of 255.
        num_images: Images to learn from, 3 to 300.
        epochs: After so many epochs it stops, and runs as many more when asked to.
        momentum: Share of the last step that Nesterov's form of SGD keeps.
        decay: The rate is divided by 1 + decay times the number of steps done.
        seed: Draws the noise, the first weights and the order of the images.
        kinds: Places in `classes` of 300 shapes to learn from and 300 for validation, uint8.
        sides: Their widths as shares of the image's, float32.
        classes: The names of the kinds.
        optimizers: The names of the optimisers.
        most_images: Images there are to learn from, and as many for validation.
        size_px: Height and width of an image.
    """

    module: ClassVar[str] = "live_training"
    height_px: ClassVar[tuple[int, int]] = (490, 870)

    running = traitlets.Bool(False).tag(sync=True)
    optimizer = traitlets.Unicode(OPTIMIZERS[0]).tag(sync=True)
    rate = traitlets.Float(1e-3).tag(sync=True)
    batch_size = traitlets.Int(32).tag(sync=True)
    noise = traitlets.Float(20.0).tag(sync=True)
    num_images = traitlets.Int(MOST_IMAGES).tag(sync=True)
    epochs = traitlets.Int(40).tag(sync=True)
    momentum = traitlets.Float(0.9).tag(sync=True)
    decay = traitlets.Float(0.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    kinds = traitlets.Bytes().tag(sync=True)
    sides = traitlets.Bytes().tag(sync=True)
    classes = traitlets.List(traitlets.Unicode(), list(KINDS)).tag(sync=True)
    optimizers = traitlets.List(traitlets.Unicode(), list(OPTIMIZERS)).tag(sync=True)
    most_images = traitlets.Int(MOST_IMAGES).tag(sync=True)
    size_px = traitlets.Int(SIZE_PX).tag(sync=True)


def show_live_training(
    *,
    optimizer: str = "Adam",
    rate: float = 1e-3,
    batch_size: int = 32,
    noise: float = 20.0,
    num_images: int = MOST_IMAGES,
    epochs: int = 40,
    momentum: float = 0.9,
    decay: float = 0.0,
    seed: int = 0,
    validation_seed: int | None = None,
) -> LiveTraining:
    """Shows one dense softmax layer that learns in the page: run it, step it, change its settings.

    The layer sees centred shapes, 72 x 72 pixels, and names one of three kinds: 15,555 parameters,
    sparse categorical cross-entropy. From the same first weights, images and order it computes
    what Keras computes. The training loss shown is the mean over the images of an epoch, each
    before its step, as in Keras; validation comes after each epoch. It needs no kernel.

    The shapes are those of `make_shapes(300, seed=seed)` and `make_shapes(300,
    seed=validation_seed)`. Noise, first weights and order are drawn in the page.

    Args:
        optimizer: "Adam", "SGD" or "SGD, Nesterov momentum".
        rate: The learning rate to begin with, from 1e-5 to 1; a slider in steps of a tenth of a
            power of ten.
        batch_size: Images a step: a power of two, at most 512.
        noise: Amplitude of the noise on the images, in grey values of 255, from 0 to 400.
        num_images: Images to learn from, 3 to 300: the first ones.
        epochs: After so many it stops; Run goes on for as many more.
        momentum: Of "SGD, Nesterov momentum", from 0 to 0.999.
        decay: The rate falls as Keras' `InverseTimeDecay(rate, 1, decay)`, from 0 to 1.
        seed: Draws the shapes to learn from, and all that the page draws.
        validation_seed: Draws the shapes for validation; seed + 1 without.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of its range.
    """
    seed = check_seed(seed, at_most=_LARGEST_SEED)
    if validation_seed is None:
        validation_seed = seed + 1
    kinds, sides = _draw_shapes(seed, check_seed(validation_seed, name="validation_seed"))
    return LiveTraining(
        optimizer=check_choice("optimizer", optimizer, OPTIMIZERS),
        rate=check_number("rate", rate, at_least=_LEAST_RATE, at_most=_LARGEST_RATE),
        batch_size=_check_batch_size(batch_size),
        noise=check_number("noise", noise, at_most=_LARGEST_NOISE),
        num_images=check_count("num_images", num_images, at_least=3, at_most=MOST_IMAGES),
        epochs=check_count("epochs", epochs, at_most=10_000),
        momentum=check_number("momentum", momentum, at_most=0.999),
        decay=check_number("decay", decay, at_most=1.0),
        seed=seed,
        kinds=kinds.astype(np.uint8).tobytes(),
        sides=sides.astype("<f4").tobytes(),
        still=read_still("live_training"),
        message=MESSAGE,
    )


def _draw_shapes(*seeds: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws the kinds and sides of `make_shapes(300, seed=seed)`, one seed after the other."""
    drawn = [
        draw_outlines(MOST_IMAGES, kinds=KINDS, free=False, stream=Stream(seed, "shapes"))
        for seed in seeds
    ]
    kinds = np.concatenate([outlines.labels for outlines in drawn])
    boxes = np.concatenate([outlines.make_boxes() for outlines in drawn])
    return kinds, boxes[:, 2] - boxes[:, 0]


def _check_batch_size(value: object) -> int:
    size = check_count("batch_size", value, at_most=BATCH_SIZES[-1])
    if size not in BATCH_SIZES:
        raise ValueError(
            f"batch_size must be a power of two from 1 to {BATCH_SIZES[-1]}, but {size} came. "
            f"Pass for example {2 ** round(np.log2(size))}."
        )
    return size
