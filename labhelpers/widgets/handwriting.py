"""What the widgets on handwritten digits share: their networks and their digits."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from labhelpers.arguments import check_images, check_labels
from labhelpers.insight.show.image_plots import check_pixels
from labhelpers.widgets.export import Networks, pack_models, read_header
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.package_files import read_weights
from labhelpers.widgets.stills import answer

if TYPE_CHECKING:
    import keras

SIDE_PX = 28
CLASSES = tuple("0123456789")
# Hidden units. The plain network has 25,450 parameters, the convolutional one 25,258.
PLAIN_HIDDEN = (32,)
DRAWN_HIDDEN = (128, 64)
# The networks that come with the package, by what the reader sees.
PLAIN = {"dense": "plain_dense", "convolutional": "plain_convolutional"}
DRAWN = {"dense": "drawn_dense", "convolutional": "drawn_convolutional"}
SAMPLES_PER_DIGIT = 3


class HandwritingWidget(LiveWidget):
    """A widget that shows what some networks make of digits.

    Attributes:
        classes: What the networks' answers stand for.
        networks: Each with its `name` and its `weights`, as `pack_model` packs them.
    """

    classes = traitlets.List(traitlets.Unicode(), list(CLASSES)).tag(sync=True)
    networks = traitlets.List(traitlets.Dict()).tag(sync=True)

    def set_models(self, models: "Mapping[str, keras.Model]") -> None:
        """Puts other models in the place of those shown, as for the function that showed it."""
        self.networks = pack_networks(models, self.classes)


class DigitsWidget(HandwritingWidget):
    """A widget that shows one of some digits to some networks.

    With those of `HandwritingWidget`:

    Attributes:
        chosen: Which digit is shown, from 0.
        images: The digits, (N, 28, 28) uint8, as bytes.
        labels: Their right classes.
        names: Their names.
    """

    chosen = traitlets.Int(0).tag(sync=True)
    images = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, *, digits: np.ndarray, right: np.ndarray, **values: Any) -> None:
        super().__init__(
            images=digits.tobytes(), labels=right.tolist(), names=name_samples(right), **values
        )


def read_networks(packaged: Mapping[str, str]) -> Networks:
    """Reads networks of the package: their files without ending, by the names to show."""
    return [
        {"name": name, "weights": read_weights(f"handwriting/{file}")}
        for name, file in packaged.items()
    ]


def read_samples() -> tuple[np.ndarray, np.ndarray]:
    """Reads the test digits of MNIST that come with the package: (30, 28, 28) uint8, labels (30,).

    Three of each digit, the first in the test set that the networks of the package read rightly.
    MNIST's licence is CC BY-SA 3.0.
    """
    images = np.frombuffer(read_weights("handwriting/samples"), np.uint8)
    labels = np.repeat(np.arange(len(CLASSES)), SAMPLES_PER_DIGIT)
    return images.reshape(-1, SIDE_PX, SIDE_PX), labels


def name_samples(labels: np.ndarray) -> list[str]:
    """Names digits for a list to choose from: "a 7", and "a 7 (2)" where there are more."""
    names: list[str] = []
    for label in labels:
        name = f"{'an' if label == 8 else 'a'} {label}"
        seen = sum(known == name or known.startswith(f"{name} (") for known in names)
        names.append(f"{name} ({seen + 1})" if seen else name)
    return names


def pack_networks(models: "Mapping[str, keras.Model]", classes: Sequence[str]) -> Networks:
    """Packs the reader's own models, each under the name to show.

    Raises:
        TypeError: If it is no dict of Keras models.
        ValueError: If it is empty, or a model does not go from such digits to such classes.
    """
    networks = pack_models(models)
    for network in networks:
        header = read_header(network["weights"])
        taken, given = header["input"], header["output"]
        if taken[:2] != [SIDE_PX] * 2 or taken[2:] not in ([], [1]) or given != [len(classes)]:
            raise ValueError(
                f"models must take images (28, 28) or (28, 28, 1) and give {len(classes)} "
                f"probabilities, but {network['name']!r} takes {tuple(taken)} and gives "
                f"{tuple(given)}."
            )
    return networks


def check_digits(
    images: np.ndarray | None, labels: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Checks digits to show, as the `show_` functions take them, or takes those of the package.

    Returns:
        (N, 28, 28) uint8, and labels (N,) int64.
    """
    if images is None and labels is None:
        return read_samples()
    if images is None or labels is None:
        raise ValueError("images and labels must be given together: both, or neither.")
    images = check_images(
        "images",
        images,
        size_px=(SIDE_PX, SIDE_PX),
        channels=(1,),
        way_on="centre_digit(images) makes them so.",
    )
    labels = check_labels("labels", labels, count=len(images), num_classes=len(CLASSES))
    return check_pixels(images), labels.astype(np.int64)


def word_answers(models: "Mapping[str, keras.Model]", images: np.ndarray) -> list[str]:
    """Says in a line for each model what it reads in a digit and how surely, for each digit."""
    answers = {name: answer_digits(model, images) for name, model in models.items()}
    return [
        "\n".join(f"{name}: {p[i].argmax()}, {p[i].max():.2f}" for name, p in answers.items())
        for i in range(len(images))
    ]


def answer_digits(model: "keras.Model", images: np.ndarray) -> np.ndarray:
    """Asks a model about a few digits (N, 28, 28), floats in [0, 1]; returns (N, 10)."""
    return answer(model, np.float32(images).reshape(-1, *model.input_shape[1:]))
