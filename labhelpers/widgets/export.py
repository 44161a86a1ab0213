"""Networks for the page: a Keras model as a list of layers with float16 weights.

A file is "LBN1", the length of the header (uint32, little-endian), the header (JSON: what each
layer is, and the shapes of its arrays), then all arrays. Large kernels are float16, rounded with
care (`rounding.py`); small ones, biases, and what batch normalisation comes down to, are float32.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labhelpers.widgets.layer_kinds import LAYERS, describe_layer

if TYPE_CHECKING:
    import keras

MAGIC = b"LBN1"
FILE_FORMAT = 1

Networks = list[dict[str, Any]]


def export_model(model: "keras.Model", path: str | Path) -> int:
    """Writes a model for the widgets' JavaScript, its large kernels rounded to float16.

    In the networks of the Shapes part's widgets, this moves no probability by 0.002, and the most
    probable class of less than one image in a thousand.

    Args:
        model: A built model of one input and one output whose layers follow one another: Dense,
            Conv2D, Conv2DTranspose, pools, UpSampling2D, BatchNormalization, Flatten, Reshape,
            Rescaling, Activation and what does nothing in use, such as Dropout; on any backend.
        path: The file, by custom with the ending ".bin".

    Returns:
        The file's size in bytes.

    Raises:
        TypeError: If `model` is no Keras model.
        ValueError: If it is not built, branches, or has a layer that the page does not know; the
            first of them is named.
    """
    packed = pack_model(model)
    Path(path).write_bytes(packed)
    return len(packed)


def pack_model(model: "keras.Model") -> bytes:
    """Packs a model for the widgets' JavaScript: what `export_model` writes.

    Args:
        model: As for `export_model`.

    Returns:
        The bytes of the file.

    Raises:
        TypeError: If `model` is no Keras model.
        ValueError: As for `export_model`.
    """
    layers, arrays = [], []
    chain = list(_follow(_check_model(model)))
    for layer in chain:
        found = describe_layer(layer)
        if found is None:
            continue
        described, held = found
        listed = [{"shape": list(array.shape), "type": kind} for array, kind in held]
        layers.append({**described, "name": layer.name, **({"arrays": listed} if listed else {})})
        arrays += [_encode(layer, array, kind) for array, kind in held]
    payload = b"".join(arrays)
    header = {
        "format": FILE_FORMAT,
        "name": model.name,
        "input": list(model.input_shape[1:]),
        "output": list(model.output_shape[1:]),
        "bytes": len(payload),
        "layers": layers,
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    return MAGIC + struct.pack("<I", len(text)) + text + payload


def pack_models(models: "Mapping[str, keras.Model]") -> Networks:
    """Packs the reader's own models, each under the name to show.

    Raises:
        TypeError: If it is no dict of Keras models.
        ValueError: If it is empty, or a model cannot run in a page.
    """
    if not isinstance(models, Mapping):
        raise TypeError(
            f"models must be a dict of models by name, but is a {type(models).__name__}. "
            'Pass for example {"my network": model}.'
        )
    if not models:
        raise ValueError("models must hold at least one model, but is empty.")
    return [{"name": str(name), "weights": pack_model(model)} for name, model in models.items()]


def read_header(packed: bytes) -> dict[str, Any]:
    """Reads the header of what `pack_model` made: name, input and output shape, layers.

    Raises:
        ValueError: If it is something else, or is cut short.
    """
    wanted = "what export_model wrote"
    if len(packed) < 8 or packed[:4] != MAGIC:
        raise ValueError(f"packed must be {wanted}, but begins with {packed[:4]!r}.")
    end = 8 + struct.unpack("<I", packed[4:8])[0]
    header = json.loads(packed[8:end]) if end <= len(packed) else {"bytes": -1}
    if len(packed) != end + header["bytes"]:
        raise ValueError(f"packed must be {wanted}, but is cut short: export the model again.")
    return header


def check_square_input(
    header: dict[str, Any], *, output: Sequence[int], gives: str, argument: str = "model"
) -> int:
    """Checks that a network takes square grey images and gives `output`; returns their side."""
    taken, given = header["input"], header["output"]
    if len(taken) != 3 or taken[0] != taken[1] or taken[2] != 1 or given != list(output):
        raise ValueError(
            f"{argument} must take square grey images (S, S, 1) and give {gives}, but "
            f"{header['name']!r} takes {tuple(taken)} and gives {tuple(given)}."
        )
    return taken[0]


def _check_model(model: Any) -> Any:
    if not all(hasattr(model, name) for name in ("layers", "get_weights", "count_params")):
        raise TypeError(
            f"model must be a Keras model, but is a {type(model).__name__}. "
            "Pass the model itself, not its weights or its output."
        )
    if not getattr(model, "inputs", None):
        raise ValueError(
            f"model must be built, but {model.name!r} does not know the size of its input. "
            "Begin it with keras.Input((height, width, channels)), or call it once."
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"model must have one input and one output, but {model.name!r} has "
            f"{len(model.inputs)} and {len(model.outputs)}."
        )
    if None in model.input_shape[1:]:
        raise ValueError(
            f"model must take images of one size, but {model.name!r} takes "
            f"{model.input_shape[1:]}. Build it with a fixed height and width."
        )
    return model


def _follow(model: Any) -> Iterator[Any]:
    """Yields the layers in order, those of nested Sequentials too."""
    # A model inside another has tensors of its own; each one's order is looked at inside it.
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    for layer in layers:
        if type(layer).__name__ not in (*LAYERS, "Sequential"):
            raise ValueError(
                f"model holds the layer {layer.name!r}, a {type(layer).__name__}, which the page "
                f"does not know. It knows {', '.join(LAYERS)}."
            )
    if type(model).__name__ != "Sequential":
        for before, after in pairwise(layers):
            if after.input is not before.output:
                raise ValueError(
                    f"model must be layers that follow one another, but {after.name!r} does not "
                    f"take what {before.name!r} gives. Branches do not work in the page."
                )
    for layer in layers:
        yield from _follow(layer) if type(layer).__name__ == "Sequential" else [layer]


def _encode(layer: Any, array: np.ndarray, kind: str) -> bytes:
    encoded = np.asarray(array, np.float64).astype(f"<{kind}")
    if not np.isfinite(encoded).all():
        raise ValueError(
            f"model holds weights in the layer {layer.name!r} that are not finite, or too large "
            "for float16 (65,504)."
        )
    return encoded.tobytes()
