"""Noise and clean-up: a slider for the noise, and an hourglass at work."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import traitlets

from labhelpers.arguments import check_images, check_number, check_seed, check_texts
from labhelpers.data import make_denoising_pairs
from labhelpers.insight.show.image_plots import check_pixels
from labhelpers.widgets.export import check_square_input, pack_model, read_header
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.package_files import read_still, read_weights
from labhelpers.widgets.stills import answer, draw_still

if TYPE_CHECKING:
    import keras

MAX_NOISE = 400.0

# Seeds of `make_denoising_pairs`, chosen by eye, and the kind each is drawn as.
_PICTURES = {"rectangle": ("square", 4), "disk": ("disk", 8), "triangle": ("triangle", 1)}
_MESSAGE = (
    "A picture under uniform noise, what a network makes of it, and the picture without noise. "
    "Where grey values of ink and paper overlap, the network still finds the shape; where "
    "there is little noise, it does harm."
)


class NoiseExplorer(LiveWidget):
    """The widget of `show_noise_explorer`; its attributes may be read and set live.

    Attributes:
        noise: Amplitude of the noise, in grey values of 255.
        chosen: Which picture is shown, from 0.
        seed: Draws the noise.
        names: What the pictures show.
        pictures: Their pixels, (N, S, S) uint8, as bytes.
        weights: The network, as `pack_model` packs it.
    """

    module: ClassVar[str] = "noise_explorer"
    height_px: ClassVar[tuple[int, int]] = (355, 355)

    noise = traitlets.Float(100.0).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    pictures = traitlets.Bytes().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)

    def set_model(self, model: "keras.Model") -> None:
        """Puts another model, for pictures of the size shown, in the place of the one at work."""
        weights, shown = pack_model(model), read_header(self.weights)["input"][0]
        size = _check_network(weights)
        if size != shown:
            raise ValueError(
                f"model must take the pictures shown, {shown} px wide, but takes {size} px."
            )
        self.weights = weights

    def set_images(self, images: np.ndarray, *, names: Sequence[str] | None = None) -> None:
        """Puts other pictures, as for `show_noise_explorer`, in the place of those shown."""
        clean = _check_pictures(images, read_header(self.weights)["input"][0])
        shown = _name_pictures(names, len(clean))
        with self.hold_sync():
            self.chosen, self.names, self.pictures = 0, shown, clean.tobytes()


def show_noise_explorer(
    model: "keras.Model | None" = None,
    *,
    images: np.ndarray | None = None,
    names: Sequence[str] | None = None,
    noise: float = 100.0,
    seed: int = 0,
) -> NoiseExplorer:
    """Shows pictures, noise of any strength on them, and what a network makes of that.

    The page adds the noise itself, (x + noise u + noise) / (255 + 2 noise) with u uniform in
    [0, 1), runs the network, and measures the PSNR of both, the noisy picture brought back to the
    clean one's range. It needs no kernel.

    Args:
        model: From noisy images (S, S, 1) in [0, 1] to clean ones; as `export_model` takes it.
            Without, an hourglass that comes with the package, trained on noise from 0 to 400.
        images: Clean pictures (N, S, S) or (N, S, S, 1), uint8 or floats in [0, 1]. Without, a
            rectangle, a disk and a triangle.
        names: What each of `images` shows, in a word or two.
        noise: The amplitude to begin with, from 0 to 400.
        seed: Draws the noise to begin with.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If the model cannot run in a page, or pictures, names and model do not fit.
    """
    noise = check_number("noise", noise, at_most=MAX_NOISE)
    seed = check_seed(seed)
    weights = read_weights("hourglass") if model is None else pack_model(model)
    size = _check_network(weights)
    if images is None:
        clean, names = _draw_pictures(size), names or list(_PICTURES)
    else:
        clean = _check_pictures(images, size)
    shown = _name_pictures(names, len(clean))
    still = read_still("noise_explorer") if model is None else draw_noise_still(model, clean[0])
    return NoiseExplorer(
        weights=weights,
        pictures=clean.tobytes(),
        names=shown,
        noise=noise,
        seed=seed,
        still=still,
        message=_MESSAGE,
    )


def draw_noise_still(model: "keras.Model", clean: np.ndarray | None = None) -> str:
    """Draws a picture (S, S) uint8 at three noises, each with what a network makes of it."""
    levels = (20.0, 100.0, 400.0)
    if clean is None:
        clean = _draw_pictures(model.input_shape[1])[-1]
    random = np.random.RandomState(0).random_sample(clean.shape)
    noisy = np.stack([(clean + a * random + a) / (255 + 2 * a) for a in levels]).astype("float32")
    titles = [f"noise {level:.0f}" for level in levels] + ["cleaned"] * len(levels)
    cleaned = answer(model, noisy[..., None])[..., 0]
    images = np.concatenate([noisy, cleaned.clip(0, 1)])
    return draw_still(images, titles=titles, columns=3, message=_MESSAGE)


def _draw_pictures(size: int) -> np.ndarray:
    pictures = [
        make_denoising_pairs(1, kinds=(kind,), noise=0.0, size_px=size, seed=seed, dtype="uint8")[1]
        for kind, seed in _PICTURES.values()
    ]
    return np.concatenate(pictures)[..., 0]


def _check_network(weights: bytes) -> int:
    header = read_header(weights)
    return check_square_input(header, output=header["input"], gives="such images")


def _check_pictures(images: np.ndarray, size: int) -> np.ndarray:
    return check_pixels(check_images("images", images, size_px=(size, size), channels=(1,)))


def _name_pictures(names: Sequence[str] | None, count: int) -> list[str]:
    if names is None:
        return [f"picture {i + 1}" for i in range(count)]
    return check_texts("names", names, count=count)
