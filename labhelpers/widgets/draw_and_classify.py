"""Draw or drag a shape, and watch what each network makes of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import traitlets

from labhelpers.arguments import check_number, check_texts
from labhelpers.data.drawn.coverage import cover_polygons, cover_rectangles, make_disk_polygons
from labhelpers.data.drawn.outlines import KINDS
from labhelpers.widgets.export import Networks, check_square_input, pack_models, read_header
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.package_files import read_still, read_weights
from labhelpers.widgets.stills import answer, draw_still

if TYPE_CHECKING:
    import keras

SIZE_PX = 72
_LARGEST_NOISE = 1000.0
# The networks that come with the package, by what the reader sees.
PACKAGED = {"one layer": "linear", "small CNN": "small_cnn", "global max-pool": "global_pool_cnn"}
_MESSAGE = (
    "Shapes, and the probabilities that three networks give them. One layer weighs each pixel by "
    "itself and is lost when a shape moves; the network with a global max-pool knows it anywhere."
)


class DrawAndClassify(LiveWidget):
    """The widget of `show_draw_and_classify`; its attributes may be read and set live.

    Attributes:
        kind: 0 for a square, 1 for a disk, 2 for a triangle, 3 for the pen.
        x: Where its middle is, in px from the left.
        y: Where its middle is, in px from the top.
        extent: How wide and high it is, in px.
        noise: Amplitude of the noise on it, in grey values of 255.
        classes: What the networks' answers stand for.
        networks: Each with its `name` and its `weights`, as `pack_model` packs them.
    """

    module: ClassVar[str] = "draw_and_classify"
    height_px: ClassVar[tuple[int, int]] = (590, 840)

    kind = traitlets.Int(1).tag(sync=True)
    x = traitlets.Int(24).tag(sync=True)
    y = traitlets.Int(44).tag(sync=True)
    extent = traitlets.Int(30).tag(sync=True)
    noise = traitlets.Float(20.0).tag(sync=True)
    classes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    networks = traitlets.List(traitlets.Dict()).tag(sync=True)

    def set_models(self, models: "Mapping[str, keras.Model]") -> None:
        """Puts other models in the place of those shown, as for the function that showed it."""
        self.networks = _check_fit(pack_models(models), self.classes)


def show_draw_and_classify(
    models: "Mapping[str, keras.Model] | None" = None,
    *,
    classes: Sequence[str] = KINDS,
    noise: float = 20.0,
) -> DrawAndClassify:
    """Shows a shape to drag, or a pen to draw with, and what each of some networks makes of it.

    Of a network of one dense layer it shows too which pixels speak for each class: weight times
    the pixel's difference from blank paper, the mean over the classes taken away. The page draws
    the shape, adds the noise, and runs the networks; it needs no kernel.

    Args:
        models: Classifiers of images (S, S, 1) in [0, 1], each under the name to show; as
            `export_model` takes them. Without, three that come with the package: one layer, a
            small convolutional network and one with global max-pool, each trained on the same
            30,000 free shapes.
        classes: What the answers stand for, in their order.
        noise: Amplitude of the noise on the drawing, in grey values of 255.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If a model cannot run in a page, or models and classes do not fit.
    """
    classes = check_texts("classes", classes)
    noise = check_number("noise", noise, at_most=_LARGEST_NOISE)
    if models is None:
        networks = [{"name": name, "weights": read_weights(f)} for name, f in PACKAGED.items()]
    else:
        networks = pack_models(models)
    _check_fit(networks, classes)
    still = draw_classified_still(models, classes) if models else read_still("draw_and_classify")
    return DrawAndClassify(
        networks=networks, classes=classes, noise=noise, still=still, message=_MESSAGE
    )


def draw_classified_still(models: "Mapping[str, keras.Model]", classes: Sequence[str]) -> str:
    """Draws a square, a disk and a triangle, each with the networks' answers, as an `<svg>`."""
    size = next(iter(models.values())).input_shape[1]
    greys = 255.0 - _cover_examples(size)
    random = np.random.RandomState(0).random_sample(greys.shape)
    images = ((greys + 20 * random + 20) / 295)[..., None].astype("float32")
    answers = {name: answer(model, images) for name, model in models.items()}
    titles = [
        "\n".join(
            f"{name}: {classes[p[i].argmax()]} {p[i].max():.2f}" for name, p in answers.items()
        )
        for i in range(len(images))
    ]
    return draw_still(images, titles=titles, columns=3, message=_MESSAGE)


def _cover_examples(size: int) -> np.ndarray:
    """Draws a small square, disk and triangle, each in another place: (3, S, S) coverage."""
    unit = size / 72
    square = cover_rectangles(np.array([[40.0, 8.0, 62.0, 30.0]]) * unit, size)
    disk = make_disk_polygons(
        np.array([[24.0, 44.0]]) * unit, np.array([15.0 * unit]), size_px=size
    )
    triangle = np.array([[[44.0, 30.0], [62.0, 66.0], [26.0, 66.0]]]) * unit
    return np.concatenate([square, cover_polygons(disk, size), cover_polygons(triangle, size)])


def _check_fit(networks: Networks, classes: Sequence[str]) -> Networks:
    gives = f"one probability for each of the {len(classes)} classes"
    sizes = set()
    for one in networks:
        header = {**read_header(one["weights"]), "name": one["name"]}
        size = check_square_input(header, output=[len(classes)], gives=gives, argument="models")
        sizes.add(size)
    if len(sizes) > 1:
        raise ValueError(f"models must take images of one size, but take {sorted(sizes)} px.")
    return networks
