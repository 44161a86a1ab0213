"""Networks for the page: a Keras model as a list of layers with float16 weights.

A file is "LBN1", the length of the header (uint32, little-endian), the header (JSON: what each
layer is, and the shapes of its arrays), then all arrays. Kernels are float16; biases, and the
factors that batch normalisation comes down to, are few and stay float32.
"""

import json
import struct
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

MAGIC = b"LBN1"
FILE_FORMAT = 1
_ACTIVATIONS = (
    *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "silu"),
    *("softmax", "softplus", "tanh"),
)
_Arrays = list[tuple[np.ndarray, str]]


def export_model(model: "keras.Model", path: str | Path) -> int:
    """Writes a model for the widgets' JavaScript.

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
        found = _describe(layer)
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


def read_header(packed: bytes) -> dict[str, Any]:
    """Reads what `pack_model` says of a model.

    Args:
        packed: What it returned.

    Returns:
        The header: name, input and output shape, layers.

    Raises:
        ValueError: If it is not what `pack_model` made, or is cut short.
    """
    wanted = "what export_model wrote"
    if len(packed) < 8 or packed[:4] != MAGIC:
        raise ValueError(f"packed must be {wanted}, but begins with {packed[:4]!r}.")
    end = 8 + struct.unpack("<I", packed[4:8])[0]
    header = json.loads(packed[8:end]) if end <= len(packed) else {"bytes": -1}
    if len(packed) != end + header["bytes"]:
        raise ValueError(f"packed must be {wanted}, but is cut short: export the model again.")
    return header


def _check_model(model: Any) -> Any:
    if not all(hasattr(model, name) for name in ("layers", "inputs", "outputs", "count_params")):
        raise TypeError(
            f"model must be a Keras model, but is a {type(model).__name__}. "
            "Pass the model itself, not its weights or its output."
        )
    if not model.inputs:
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
        if type(layer).__name__ not in (*_LAYERS, "Sequential"):
            raise ValueError(
                f"model holds the layer {layer.name!r}, a {type(layer).__name__}, which the page "
                f"does not know. It knows {', '.join(_LAYERS)}."
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


def _describe(layer: Any) -> tuple[dict[str, Any], _Arrays] | None:
    config = layer.get_config()
    if config.get("data_format", "channels_last") != "channels_last":
        raise _refuse(layer, "data_format", config["data_format"], "'channels_last'")
    for name in ("dilation_rate", "groups"):
        value = config.get(name, 1)
        if any(n != 1 for n in (value if isinstance(value, tuple | list) else [value])):
            raise _refuse(layer, name, value, "1")
    return _LAYERS[type(layer).__name__](layer, config)


def _refuse(layer: Any, name: str, value: object, wanted: str) -> ValueError:
    return ValueError(
        f"model holds the layer {layer.name!r} with {name}={value!r}, which the page does not "
        f"know: {wanted} is expected."
    )


def _activation(layer: Any, config: dict[str, Any]) -> dict[str, Any]:
    name = config["activation"]
    name = {"swish": "silu", None: "linear"}.get(name, name) if not isinstance(name, dict) else name
    if name not in _ACTIVATIONS:
        raise _refuse(layer, "activation", name, f"one of {', '.join(_ACTIVATIONS)}")
    # Keras' own slope where a layer names the function alone.
    return {"activation": name, **({"slope": 0.2} if name == "leaky_relu" else {})}


def _weights(layer: Any) -> _Arrays:
    kernel, *bias = layer.get_weights()
    return [(kernel, "f2"), *((array, "f4") for array in bias)]


def _dense(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    described = {"kind": "dense", "units": config["units"], **_activation(layer, config)}
    return described, _weights(layer)


def _conv(kind: str) -> Callable[..., tuple[dict[str, Any], _Arrays]]:
    def describe(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
        if config.get("output_padding") is not None:
            raise _refuse(layer, "output_padding", config["output_padding"], "None")
        described = {
            "kind": kind,
            "filters": config["filters"],
            "kernel": list(config["kernel_size"]),
            "strides": list(config["strides"]),
            "padding": config["padding"],
            **_activation(layer, config),
        }
        return described, _weights(layer)

    return describe


def _pool(kind: str) -> Callable[..., tuple[dict[str, Any], _Arrays]]:
    def describe(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
        described = {
            "kind": kind,
            "kernel": list(config["pool_size"]),
            "strides": list(config["strides"] or config["pool_size"]),
            "padding": config["padding"],
        }
        return described, []

    return describe


def _global_pool(kind: str) -> Callable[..., tuple[dict[str, Any], _Arrays]]:
    def describe(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
        return {"kind": kind, "keepdims": bool(config.get("keepdims"))}, []

    return describe


def _upsample(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    if config["interpolation"] != "nearest":
        raise _refuse(layer, "interpolation", config["interpolation"], "'nearest'")
    return {"kind": "upsample", "size": list(config["size"])}, []


def _batch_norm(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    rank = len(layer.output.shape)
    axis = config["axis"][0] if isinstance(config["axis"], tuple | list) else config["axis"]
    if axis not in (-1, rank - 1):
        raise _refuse(layer, "axis", axis, "-1")
    # In use, a batch normalisation is a factor and a shift for each channel.
    weights = [np.asarray(array, np.float64) for array in layer.get_weights()]
    gamma = weights.pop(0) if config["scale"] else 1.0
    beta = weights.pop(0) if config["center"] else 0.0
    mean, variance = weights
    factor = gamma / np.sqrt(variance + config["epsilon"])
    return {"kind": "scale"}, [(factor, "f4"), (beta - mean * factor, "f4")]


def _rescaling(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    channels = layer.output.shape[-1]
    pair = [
        np.broadcast_to(np.asarray(config[name], np.float64), channels)
        for name in ("scale", "offset")
    ]
    return {"kind": "scale"}, [(array, "f4") for array in pair]


def _reshape(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    return {"kind": "reshape", "shape": list(layer.output.shape[1:])}, []


def _bend(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    return {"kind": "activation", **_activation(layer, config)}, []


def _relu(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    slope, top = float(config["negative_slope"] or 0), config["max_value"]
    if config["threshold"] or (top is not None and (top != 6 or slope)):
        raise _refuse(layer, "max_value or threshold", (top, config["threshold"]), "None and 0")
    name = "relu6" if top else "leaky_relu" if slope else "relu"
    return {"kind": "activation", "activation": name, "slope": slope}, []


def _leaky_relu(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    slope = float(config["negative_slope"])
    return {"kind": "activation", "activation": "leaky_relu", "slope": slope}, []


def _softmax(layer: Any, config: dict[str, Any]) -> tuple[dict[str, Any], _Arrays]:
    if config["axis"] != -1:
        raise _refuse(layer, "axis", config["axis"], "-1")
    return {"kind": "activation", "activation": "softmax"}, []


def _nothing(layer: Any, config: dict[str, Any]) -> None:
    return None


def _encode(layer: Any, array: np.ndarray, kind: str) -> bytes:
    encoded = np.asarray(array, np.float64).astype(f"<{kind}")
    if not np.isfinite(encoded).all():
        raise ValueError(
            f"model holds weights in the layer {layer.name!r} that are not finite, or too large "
            "for float16 (65,504)."
        )
    return encoded.tobytes()


_LAYERS: dict[str, Callable[..., Any]] = {
    "Dense": _dense,
    "Conv2D": _conv("conv"),
    "Conv2DTranspose": _conv("conv_transpose"),
    "MaxPooling2D": _pool("max_pool"),
    "AveragePooling2D": _pool("average_pool"),
    "GlobalMaxPooling2D": _global_pool("global_max_pool"),
    "GlobalAveragePooling2D": _global_pool("global_average_pool"),
    "UpSampling2D": _upsample,
    "BatchNormalization": _batch_norm,
    "Rescaling": _rescaling,
    "Flatten": _reshape,
    "Reshape": _reshape,
    "Activation": _bend,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "Softmax": _softmax,
    **dict.fromkeys(("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout"), _nothing),
}
