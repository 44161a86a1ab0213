"""What the layers of a network hold and give: filters, and feature maps of some pictures."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import keras
import numpy as np
import traitlets

from labhelpers.arguments import check_count, check_texts
from labhelpers.insight.measure.features import extract_feature_maps, find_filters, find_layers
from labhelpers.insight.show.image_plots import check_pixels
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.stills import draw_still
from labhelpers.widgets.strips import check_page_bytes, encode_signed, pack_strip

# Maps are made no larger than this, and no wider picture is laid out than this.
_MOST_PX = 48
_ROW = 16
_MESSAGE = "What the layer “{layer}” of a network gives for a picture: {said}."


class FilterExplorer(LiveWidget):
    """The widget of `show_filters`; its attributes may be read and set live.

    Attributes:
        chosen: Which layer is shown, from 0.
        picture: For which picture, from 0.
        view: 0 for feature maps, 1 for filters.
        names: What each picture shows.
        image_size: Height and width of a picture, in pixels.
        images: The pictures, as one WebP picture.
        layers: Each layer's name, sizes, ranges and packed pictures.
    """

    module: ClassVar[str] = "filters"
    height_px: ClassVar[tuple[int, int]] = (345, 880)

    chosen = traitlets.Int(0).tag(sync=True)
    picture = traitlets.Int(0).tag(sync=True)
    view = traitlets.Int(0).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    image_size = traitlets.List(traitlets.Int()).tag(sync=True)
    images = traitlets.Bytes().tag(sync=True)
    layers = traitlets.List(traitlets.Dict()).tag(sync=True)

    def set_images(
        self,
        model: keras.Model,
        images: np.ndarray,
        *,
        names: Sequence[str],
        layers: Sequence[str] | Mapping[str, str] | None = None,
        most: int = 16,
    ) -> None:
        """Puts another model, or other pictures, in the place of those shown.

        All arguments are as for `show_filters`.
        """
        state, _ = _describe(model, images, layers, names=names, most=most)
        with self.hold_sync():
            self.chosen = self.picture = 0
            for name, value in state.items():
                setattr(self, name, value)


def show_filters(
    model: keras.Model,
    images: np.ndarray,
    *,
    names: Sequence[str],
    layers: Sequence[str] | Mapping[str, str] | None = None,
    most: int = 16,
) -> FilterExplorer:
    """Shows what any layer of a network holds, and what it gives for some pictures.

    Feature maps are shown in grey, one scale for all maps of a layer and a picture; filters in
    blue (positive) and red, one symmetric scale for a layer. Layers that give no maps are shown
    as one picture, their numbers in rows of 16. All is worked out here, so that any Keras model
    will do, and the page needs no kernel.

    Args:
        model: A built Keras model of one input; branches are welcome, and nested models too.
        images: (N, H, W, C), as the model takes them; as pictures they must be uint8, or floats
            in [0, 1], with one or three channels.
        names: What each of them shows, in a word or two.
        layers: Names of layers, in the order to show, or what to call each of them in the page;
            without, all that are used once and give one array.
        most: Most maps, and most filters, that are shown of a layer.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If images, names and model do not fit, a layer is not there, or all takes more
            than 300 kB.
    """
    state, first = _describe(model, images, layers, names=names, most=most)
    shown = state["layers"][0]
    message = _MESSAGE.format(layer=shown["name"], said=shown["said"])
    return FilterExplorer(**state, still=_draw_still(images, first, message), message=message)


def _describe(
    model: keras.Model,
    images: np.ndarray,
    layers: Sequence[str] | Mapping[str, str] | None,
    *,
    names: Sequence[str],
    most: int,
) -> tuple[dict[str, Any], np.ndarray]:
    """Returns the widget's traits, and what the first layer gives."""
    maps = extract_feature_maps(model, images, layers=layers if layers is None else list(layers))
    for name, values in maps.items():
        if not np.isfinite(values).all():
            raise ValueError(f"model must give finite numbers, but {name!r} gives NaN or infinity.")
    titles = layers if isinstance(layers, Mapping) else {name: name for name in layers or maps}
    pictures = check_pixels(images)
    most = check_count("most", most, at_most=64)
    names = check_texts("names", names, count=len(pictures))
    known = find_layers(model)
    described = [
        {
            **_describe_maps(maps[name], most),
            **_describe_filters(model, known[name], most),
            "name": str(title),
        }
        for name, title in titles.items()
    ]
    strip = pack_strip(pictures)
    size = len(strip) + sum(len(one["maps"]) + len(one["filters"]) for one in described)
    check_page_bytes(
        "images and maps", size, way_on="Pass fewer images, name fewer layers, or set most lower."
    )
    traits = {
        "layers": described,
        "names": names,
        "image_size": list(pictures.shape[1:3]),
        "images": strip,
    }
    return traits, maps[next(iter(titles))]


def _describe_maps(output: np.ndarray, most: int) -> dict[str, Any]:
    maps, said = fold_maps(output, most)
    lows, tops = maps.min(axis=(1, 2, 3)), maps.max(axis=(1, 2, 3))
    spans = np.maximum(tops - lows, 1e-12)[:, None, None, None]
    greys = np.rint((maps - lows[:, None, None, None]) / spans * 255).astype(np.uint8)
    count, height, width = maps.shape[1:]
    return {
        "count": count,
        "map_size": [height, width],
        "said": said,
        "ranges": [[float(low), float(top)] for low, top in zip(lows, tops, strict=True)],
        "maps": pack_strip(greys.reshape(-1, height, width)),
    }


def fold_maps(output: np.ndarray, most: int) -> tuple[np.ndarray, str]:
    """Makes at most `most` pictures of what a layer gives: (N, H, W, C), or (N, ...) of any shape.

    Returns:
        (N, maps, height, width), large maps made smaller by leaving out rows and columns, other
        shapes in one map of rows of 16 numbers; and what they are, in words.
    """
    if output.ndim == 4:
        _, height, width, total = output.shape
        jump = -(-max(height, width) // _MOST_PX)
        kept = output[:, ::jump, ::jump, :most].transpose(0, 3, 1, 2)
        said = f"{kept.shape[1]} of {total} maps of {height} by {width} pixels"
        return kept, said + (f", one pixel of {jump * jump}" if jump > 1 else "")
    flat = output.reshape(len(output), -1)
    total = flat.shape[1]
    flat = flat[:, : _MOST_PX * _ROW]
    width = min(flat.shape[1], _ROW)
    # The last row is filled up with its own smallest value.
    lacking = -flat.shape[1] % width
    flat = np.concatenate([flat, np.repeat(flat.min(axis=1, keepdims=True), lacking, axis=1)], 1)
    return flat.reshape(len(flat), 1, -1, width), f"{total} numbers in rows of {width}"


def _describe_filters(model: keras.Model, layer: Any, most: int) -> dict[str, Any]:
    kernel = find_filters(model, layer)
    if kernel is None:
        return {"filters": b"", "inputs": 0, "filter_count": 0, "filter_total": 0}
    height, width, _, total = kernel.shape
    kernel = kernel[:, :, :most, :most]
    limit = float(np.abs(kernel).max()) or 1.0
    pictures = kernel.transpose(2, 3, 0, 1).reshape(-1, height, width)
    return {
        "filters": pack_strip(encode_signed(pictures, limit)),
        "filter_size": [height, width],
        "filter_count": kernel.shape[3],
        "filter_total": total,
        "inputs": kernel.shape[2],
        "limit": limit,
    }


def _draw_still(images: np.ndarray, output: np.ndarray, message: str) -> str:
    maps, _ = fold_maps(output[:1], 7)
    picture = check_pixels(np.asarray(images)[:1])[0]
    picture = picture if picture.ndim == 2 else picture.mean(axis=2)
    low, span = maps.min(), max(float(np.ptp(maps)), 1e-12)
    greys = [(picture / 255).astype(np.float32), *((maps[0] - low) / span)]
    # One size for all: the nearest pixel of each.
    side = _MOST_PX
    shown = [
        grey[np.ix_(*(np.arange(side) * n // side for n in grey.shape))].clip(0, 1)
        for grey in greys
    ]
    titles = ["picture", *(str(k + 1) for k in range(len(shown) - 1))]
    return draw_still(np.stack(shown), titles=titles, columns=8, message=message)
