"""Pictures made beforehand, and a slider to choose one."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import traitlets

from labhelpers.arguments import check_count, check_texts
from labhelpers.insight.show.image_plots import check_pixels
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.stills import draw_still
from labhelpers.widgets.strips import check_page_bytes, pack_strip

# Controls, text and edges above and below the picture, on a wide page and a narrow one.
_AROUND_PX = (130, 190)
_WIDEST_PX = 600


class FrameExplorer(LiveWidget):
    """The widget of `show_frames`; its attributes may be read and set live.

    Attributes:
        frame: Which picture is shown, from 0.
        label: What the slider chooses.
        title: What the pictures show.
        values: The slider's text for each picture.
        texts: What each picture shows, in words.
        picture_size: Height and width of one picture, in pixels.
        width_px: How wide a picture is shown at most.
        strip: All of them, as one WebP picture.
    """

    module: ClassVar[str] = "frames"

    frame = traitlets.Int(0).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    values = traitlets.List(traitlets.Unicode()).tag(sync=True)
    texts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    picture_size = traitlets.List(traitlets.Int()).tag(sync=True)
    width_px = traitlets.Int().tag(sync=True)
    strip = traitlets.Bytes().tag(sync=True)

    def set_images(
        self, images: np.ndarray, *, values: Sequence[object], texts: Sequence[str]
    ) -> None:
        """Puts other pictures of any size in the place of those shown, each with value and text."""
        pictures = check_pixels(images)
        shown = check_texts("values", values, count=len(pictures))
        told = check_texts("texts", texts, count=len(pictures))
        with self.hold_sync():
            self.frame = 0
            self.values, self.texts = shown, told
            self.picture_size = list(pictures.shape[1:3])
            self.strip = _pack(pictures, 80)


def show_frames(
    images: np.ndarray,
    *,
    label: str,
    values: Sequence[object],
    texts: Sequence[str],
    title: str,
    quality: int | None = 80,
    width_px: int | None = None,
) -> FrameExplorer:
    """Shows one of many pictures, chosen by a slider: for what is too much work for a page.

    Args:
        images: (N, H, W), (N, H, W, 1) or (N, H, W, 3), uint8 or floats in [0, 1]: noise levels,
            epochs, results of a search.
        label: What the slider chooses, such as "Noise".
        values: Its text for each picture, such as the noise.
        texts: What each picture shows, in a sentence, for all readers.
        title: What all of them show, in a word or two.
        quality: Of the WebP strip they are kept in, from 1 to 100; None loses nothing.
        width_px: How wide a picture is shown where there is room, at most 600; without, twice as
            wide as it is.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If pictures, values and texts do not fit, or take over 300 kB.
    """
    pictures = check_pixels(images)
    if quality is not None:
        quality = check_count("quality", quality, at_most=100)
    if width_px is not None:
        width_px = check_count("width_px", width_px, at_most=_WIDEST_PX)
    for name, text in (("label", label), ("title", title)):
        if not isinstance(text, str) or not text:
            raise TypeError(f"{name} must be a text, but {text!r} came.")
    shown = check_texts("values", values, count=len(pictures))
    told = check_texts("texts", texts, count=len(pictures))
    some = np.unique(np.linspace(0, len(pictures) - 1, min(4, len(pictures))).round().astype(int))
    message = f"{title}, by {label.lower()}. " + " ".join(told[i] for i in some)
    height, width = pictures.shape[1:3]
    width_px = width_px or min(2 * width, _WIDEST_PX)
    wide, narrow = (round(min(px, width_px) * height / width) for px in (_WIDEST_PX, 300))
    explorer = FrameExplorer(
        label=label,
        title=title,
        values=shown,
        texts=told,
        picture_size=[height, width],
        width_px=width_px,
        strip=_pack(pictures, quality),
        still=draw_still(
            pictures[some],
            titles=[f"{label} {shown[i]}" for i in some],
            columns=len(some),
            message=message,
        ),
        message=message,
    )
    explorer.space = [wide + _AROUND_PX[0], narrow + _AROUND_PX[1]]
    return explorer


def _pack(pictures: np.ndarray, quality: int | None) -> bytes:
    strip = pack_strip(pictures, quality=quality)
    check_page_bytes(
        "images", len(strip), way_on="Show fewer or smaller ones, or set quality lower."
    )
    return strip
