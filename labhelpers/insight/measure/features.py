"""Looking inside any Keras model: what its layers give for some images, and what they hold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from labhelpers.arguments import check_count
from labhelpers.models.layer_costs import list_layers
from labhelpers.training.fitting.fit_arguments import are_unscaled, check_inputs


def extract_feature_maps(
    model: keras.Model,
    images: np.ndarray,
    *,
    layers: str | Sequence[str] | None = None,
    batch_size: int = 256,
) -> dict[str, np.ndarray]:
    """Returns what layers of a model give for some images, in inference.

    The model is run as it is, Sequential, functional, subclassed or nested, and each layer's answer
    is kept on the way.

    Args:
        model: A Keras model of one input; a subclassed one must have been called once.
        images: (N, ...), as the model takes them: with an axis for channels where it has one.
        layers: Names of layers, or one name; without, all that are used once and give one array.
        batch_size: Images at a time; changes the memory it takes, not the result.

    Returns:
        By layer name, in order of running: float32 (N, H, W, C) of maps, else (N, units).

    Raises:
        TypeError: If the model is no Keras model.
        ValueError: If images and model do not fit together; if a layer is not there, is used more
            than once or never, or gives no single array.

    Example:
        >>> from labhelpers.models import build_dense
        >>> maps = extract_feature_maps(build_dense(seed=0), np.zeros((2, 28, 28), "float32"))
        >>> {name: features.shape for name, features in maps.items()}
        {'flatten': (2, 784), 'hidden_1': (2, 64), 'hidden_2': (2, 64), 'probabilities': (2, 10)}
    """
    found = find_layers(model)
    wanted = _choose(found, layers)
    images = _check_images(model, images)
    batch_size = check_count("batch_size", batch_size)
    parts: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(images), batch_size):
        for name, outputs in _run_once(model, images[start : start + batch_size], wanted).items():
            if (wrong := _find_fault(outputs)) is None:
                parts.setdefault(name, []).append(_to_numpy(outputs[0]))
            elif layers is not None:
                raise ValueError(f"layers must {wrong[0]}, but {name!r} {wrong[1]}.")
    return {name: np.concatenate(parts[name]) for name in parts}


def extract_filters(model: keras.Model, layer: str) -> np.ndarray:
    """Returns the weights of a layer that can be seen as pictures.

    Args:
        model: A built Keras model.
        layer: Name of a convolution, or of a dense layer right behind a flattened picture.

    Returns:
        (height, width, inputs, filters), float32.

    Raises:
        TypeError: If the model is no Keras model.
        ValueError: If there is no such layer, or its weights are no pictures.
    """
    found = find_layers(model)
    (name,) = _choose(found, layer)
    kernel = find_filters(model, found[name]) if found[name].weights else None
    if kernel is None:
        raise ValueError(
            f"layer must be a convolution, or a dense layer right behind a flattened picture, but "
            f"{name!r} is a {type(found[name]).__name__}."
        )
    return kernel


def find_filters(model: keras.Model, layer: keras.layers.Layer) -> np.ndarray | None:
    """Finds the weights of a layer that can be seen as pictures, or None.

    (height, width, inputs, filters) of a convolution, or of a dense layer behind a flattened
    picture.
    """
    kind = type(layer).__name__
    weights = layer.get_weights()
    if kind in ("Conv2D", "DepthwiseConv2D") and weights[0].ndim == 4:
        return np.asarray(weights[0], np.float32)
    if kind == "Conv2DTranspose":
        return np.asarray(weights[0], np.float32).swapaxes(2, 3)
    if kind == "Dense":
        stacks = [getattr(one, "layers", []) for one in (model, *list_layers(model))]
        stack = next((stack for stack in stacks if layer in stack), [layer])
        place = stack.index(layer)
        before = stack[place - 1] if place else None
        if type(before).__name__ == "Flatten" and len(before.input.shape) == 4:
            shape = before.input.shape[1:]
            return np.asarray(weights[0], np.float32).reshape(*shape, -1)
    return None


def collect_weights(
    model: keras.Model, *, layers: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Collects what the layers of a model multiply by, without biases.

    Args:
        model: A built Keras model.
        layers: Names of layers; all that have a kernel without.

    Returns:
        By layer name, all weights of its kernel in one row (K,), float32. Copies.

    Raises:
        TypeError: If the model is no Keras model.
        ValueError: If a layer is not there or has no kernel.

    Example:
        >>> from labhelpers.models import build_dense
        >>> {name: w.size for name, w in collect_weights(build_dense(seed=0)).items()}
        {'hidden_1': 50176, 'hidden_2': 4096, 'probabilities': 640}
    """
    kernels = {
        name: np.asarray(weights[0], np.float32).ravel().copy()
        for name, layer in find_layers(model).items()
        if (weights := layer.get_weights()) and weights[0].ndim >= 2
    }
    return _choose(kernels, layers)


def find_layers(model: Any) -> dict[str, Any]:
    """Lists a built model's layers by name, those inside nested models too, but for inputs."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a Keras model, but is a {type(model).__name__}.")
    if not model.built:
        raise ValueError(
            f"model must be built, but {model.name!r} is not. Begin it with keras.Input(...), or "
            "call it once with some images."
        )
    layers = [la for la in list_layers(model) if not isinstance(la, keras.layers.InputLayer)]
    found = {layer.name: layer for layer in layers}
    if len(found) < len(layers):
        names = [layer.name for layer in layers]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(
            f"model must give each of its layers a name of its own, but two are called {twice!r}."
        )
    return found


def _choose(found: dict[str, Any], names: str | Sequence[str] | None) -> dict[str, Any]:
    if names is None:
        return found
    names = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in names if name not in found]
    if unknown or not names:
        raise ValueError(
            f"layers must be names of layers of the model, but {(unknown or [names])[0]!r} is "
            f"none. There are {', '.join(found)}."
        )
    return {name: found[name] for name in names}


def _check_images(model: Any, images: np.ndarray) -> np.ndarray:
    images = np.asarray(images)
    inputs = getattr(model, "inputs", None) or [None]
    if len(inputs) != 1:
        raise ValueError(f"model must have one input, but {model.name!r} has {len(inputs)}.")
    if images.ndim == 0 or len(images) == 0 or images.dtype.kind not in "biuf":
        raise ValueError(
            "images must be an array of numbers with at least one image, but have shape "
            f"{images.shape} and type {images.dtype}."
        )
    try:
        check_inputs("given", images, model)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("given ")) from None
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        raise ValueError("images must be finite, but hold NaN or infinity.")
    if are_unscaled(images, model):
        raise ValueError(
            f"images must lie in [0, 1] for this model, which does not rescale them, but reach "
            f"{images.max():g}. Divide them by 255."
        )
    return images


def _run_once(model: Any, images: np.ndarray, wanted: dict[str, Any]) -> dict[str, list[Any]]:
    """Calls the model, and returns all that each wanted layer returned, in order of running."""
    kept: dict[str, list[Any]] = {}
    with _listen(wanted, kept):
        model(images, training=False)
    return kept | {name: [] for name in wanted if name not in kept}


@contextmanager
def _listen(layers: dict[str, Any], kept: dict[str, list[Any]]) -> Iterator[None]:
    """Lets layers hand over what they return, and leaves them as they were."""

    def tap(name: str, call: Any) -> Any:
        def tapped(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            kept.setdefault(name, []).append(output)
            return output

        return tapped

    # Past Keras' own __setattr__: it would take the change for a new part of the layer.
    for name, layer in layers.items():
        object.__setattr__(layer, "call", tap(name, layer.call))
    try:
        yield
    finally:
        for layer in layers.values():
            object.__delattr__(layer, "call")


def _find_fault(outputs: list[Any]) -> tuple[str, str] | None:
    """Says what a layer should do and does, where it did not give one array once."""
    if len(outputs) != 1:
        used = "is never used" if not outputs else f"is used {len(outputs)} times"
        return "be used once when the model is called", used
    if not hasattr(outputs[0], "shape"):
        return "give one array each", f"gives a {type(outputs[0]).__name__}"
    return None


def _to_numpy(output: Any) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(output), dtype=np.float32)
