"""What the page needs to know of each kind of Keras layer.

A layer becomes a dict (its `kind` is the name of a function in `nn.js`) and arrays, each with the
type it is stored in: "f2" for float16, "f4" for float32.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from labhelpers.widgets.rounding import store_kernel

_ACTIVATIONS = (
    *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "silu"),
    *("softmax", "softplus", "tanh"),
)
Config = dict[str, Any]
Arrays = list[tuple[np.ndarray, str]]
Described = tuple[dict[str, Any], Arrays]


def describe_layer(layer: Any) -> Described | None:
    """Describes a layer, whose class is among `LAYERS`, for the page.

    Returns:
        What the layer is, and its arrays; None for one that does nothing in use.

    Raises:
        ValueError: If it has an option that the page does not know; both are named.
    """
    config = layer.get_config()
    if config.get("data_format", "channels_last") != "channels_last":
        raise _refuse(layer, "data_format", config["data_format"], "'channels_last'")
    for name in ("dilation_rate", "groups"):
        value = config.get(name, 1)
        if any(n != 1 for n in (value if isinstance(value, tuple | list) else [value])):
            raise _refuse(layer, name, value, "1")
    return LAYERS[type(layer).__name__](layer, config)


def _refuse(layer: Any, name: str, value: object, wanted: str) -> ValueError:
    return ValueError(
        f"model holds the layer {layer.name!r} with {name}={value!r}, which the page does not "
        f"know: {wanted} is expected."
    )


def _activation(layer: Any, config: Config) -> dict[str, Any]:
    name = config["activation"]
    name = {"swish": "silu", None: "linear"}.get(name, name) if not isinstance(name, dict) else name
    if name not in _ACTIVATIONS:
        raise _refuse(layer, "activation", name, f"one of {', '.join(_ACTIVATIONS)}")
    # Keras' own slope where a layer names the function alone.
    return {"activation": name, **({"slope": 0.2} if name == "leaky_relu" else {})}


def _weights(layer: Any) -> Arrays:
    kernel, *bias = layer.get_weights()
    outputs = -2 if type(layer).__name__ == "Conv2DTranspose" else -1
    return [store_kernel(kernel, outputs=outputs), *((array, "f4") for array in bias)]


def _dense(layer: Any, config: Config) -> Described:
    described = {"kind": "dense", "units": config["units"], **_activation(layer, config)}
    return described, _weights(layer)


def _conv(layer: Any, config: Config, *, kind: str) -> Described:
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


def _pool(layer: Any, config: Config, *, kind: str) -> Described:
    described = {
        "kind": kind,
        "kernel": list(config["pool_size"]),
        "strides": list(config["strides"] or config["pool_size"]),
        "padding": config["padding"],
    }
    return described, []


def _global_pool(layer: Any, config: Config, *, kind: str) -> Described:
    return {"kind": kind, "keepdims": bool(config.get("keepdims"))}, []


def _upsample(layer: Any, config: Config) -> Described:
    if config["interpolation"] != "nearest":
        raise _refuse(layer, "interpolation", config["interpolation"], "'nearest'")
    return {"kind": "upsample", "size": list(config["size"])}, []


def _batch_norm(layer: Any, config: Config) -> Described:
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


def _rescaling(layer: Any, config: Config) -> Described:
    channels = layer.output.shape[-1]
    pair = (np.asarray(config[name], np.float64) for name in ("scale", "offset"))
    return {"kind": "scale"}, [(np.broadcast_to(array, channels), "f4") for array in pair]


def _reshape(layer: Any, config: Config) -> Described:
    return {"kind": "reshape", "shape": list(layer.output.shape[1:])}, []


def _bend(layer: Any, config: Config) -> Described:
    return {"kind": "activation", **_activation(layer, config)}, []


def _relu(layer: Any, config: Config) -> Described:
    slope, top = float(config["negative_slope"] or 0), config["max_value"]
    if config["threshold"] or (top is not None and (top != 6 or slope)):
        raise _refuse(layer, "max_value or threshold", (top, config["threshold"]), "None and 0")
    name = "relu6" if top else "leaky_relu" if slope else "relu"
    return {"kind": "activation", "activation": name, "slope": slope}, []


def _leaky_relu(layer: Any, config: Config) -> Described:
    slope = float(config["negative_slope"])
    return {"kind": "activation", "activation": "leaky_relu", "slope": slope}, []


def _softmax(layer: Any, config: Config) -> Described:
    if config["axis"] != -1:
        raise _refuse(layer, "axis", config["axis"], "-1")
    return {"kind": "activation", "activation": "softmax"}, []


def _nothing(layer: Any, config: Config) -> None:
    return None


LAYERS: dict[str, Callable[..., Any]] = {
    "Dense": _dense,
    "Conv2D": partial(_conv, kind="conv"),
    "Conv2DTranspose": partial(_conv, kind="conv_transpose"),
    "MaxPooling2D": partial(_pool, kind="max_pool"),
    "AveragePooling2D": partial(_pool, kind="average_pool"),
    "GlobalMaxPooling2D": partial(_global_pool, kind="global_max_pool"),
    "GlobalAveragePooling2D": partial(_global_pool, kind="global_average_pool"),
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
