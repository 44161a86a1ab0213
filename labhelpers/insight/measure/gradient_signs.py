"""Adversarial noise: small changes of pictures, chosen so that a network changes its answer."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labhelpers.arguments import check_count, check_images, check_labels, check_number

if TYPE_CHECKING:
    import keras

_AT_ONCE = 256
# The smallest probability whose logarithm is taken: 0 has none.
_LEAST = 1e-37


def perturb_fast_gradient(
    model: "keras.Model",
    images: np.ndarray,
    labels: np.ndarray,
    *,
    epsilon: float,
    target: int | None = None,
) -> np.ndarray:
    """Moves every pixel by epsilon, the way that raises the network's loss the fastest.

    The fast gradient sign method, x' = clip(x + epsilon sign(dL/dx), 0, 1), where L is the
    cross-entropy of the right class (I. Goodfellow, J. Shlens and C. Szegedy, "Explaining and
    harnessing adversarial examples", ICLR 2015). With a target, x' = clip(x - epsilon
    sign(dL'/dx), 0, 1), where L' is the cross-entropy of that class: the picture is moved towards
    being taken for it.

    Args:
        model: A classifier that gives probabilities, (N, num_classes); on any backend.
        images: (N, H, W) or (N, H, W, C), floats in [0, 1], as the model takes them.
        labels: (N,) the right classes, whole numbers.
        epsilon: How far each pixel may move, from 0 to 1.
        target: The class to be taken for; without, any but the right one.

    Returns:
        (N, ...) float32 in [0, 1], as `images`. Pixels that the loss does not depend on stay.

    Raises:
        TypeError, ValueError: If images, labels, target and model do not fit together.
    """
    epsilon = check_number("epsilon", epsilon, at_most=1.0)
    if target is None:
        step = epsilon * find_gradient_signs(model, images, labels)
    else:
        images = _check_floats(images)
        num_classes = _count_classes(model)
        check_labels("labels", labels, count=len(images), num_classes=num_classes)
        target = check_count("target", target, at_least=0, at_most=num_classes - 1)
        step = -epsilon * find_gradient_signs(model, images, np.full(len(images), target))
    return np.clip(images.astype(np.float32) + np.float32(step), 0, 1)


def find_gradient_signs(model: "keras.Model", images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Finds for each pixel which way raises the cross-entropy of a class.

    The cross-entropy of class c is log(1 + exp(m)) with m = log(sum of p_j over j != c) - log(p_c),
    so its gradient has the signs of the gradient of m. That one is taken: where the network is
    sure, p_c is 1 to the last digit and the gradient of the loss is lost in rounding; that of m is
    not.

    Args:
        model: A classifier that gives probabilities, (N, num_classes); on any backend.
        images: (N, H, W) or (N, H, W, C), floats in [0, 1], as the model takes them.
        labels: (N,) the classes, whole numbers.

    Returns:
        (N, ...) int8: 1 where more ink raises the loss, -1 where it lowers it, else 0.

    Raises:
        TypeError, ValueError: If images, labels and model do not fit together.
    """
    images = _check_floats(images)
    num_classes = _count_classes(model)
    labels = check_labels("labels", labels, count=len(images), num_classes=num_classes)
    if tuple(model.input_shape[1:]) != images.shape[1:]:
        raise ValueError(
            f"images must be (N, {', '.join(map(str, model.input_shape[1:]))}), as the model takes "
            f"them, but have the shape {images.shape}."
        )
    inputs, chosen = images.astype(np.float32), np.eye(num_classes, dtype=np.float32)[labels]
    parts = [slice(i, i + _AT_ONCE) for i in range(0, len(images), _AT_ONCE)]
    signs = [np.sign(_differentiate(model, inputs[part], chosen[part])) for part in parts]
    return np.concatenate(signs).astype(np.int8)


def _differentiate(model: Any, images: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Returns the gradient of m (see above) at each pixel; `chosen` has a 1 for each class."""
    import keras

    ops = keras.ops

    parts = [ops.convert_to_tensor(part) for part in (chosen, 1 - chosen)]

    def measure(probabilities: Any) -> Any:
        own, others = (ops.sum(probabilities * part, axis=-1) for part in parts)
        return ops.sum(ops.log(ops.maximum(others, _LEAST)) - ops.log(ops.maximum(own, _LEAST)))

    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        given = tf.convert_to_tensor(images)
        with tf.GradientTape() as tape:
            tape.watch(given)
            value = measure(model(given, training=False))
        return tape.gradient(value, given).numpy()
    if backend == "jax":
        import jax

        trained = [v.value for v in model.trainable_variables]
        kept = [v.value for v in model.non_trainable_variables]

        def run(given: Any) -> Any:
            return measure(model.stateless_call(trained, kept, given, training=False)[0])

        return np.asarray(jax.grad(run)(images))
    if backend == "torch":
        import torch

        given = ops.convert_to_tensor(images).detach().clone().requires_grad_(True)
        (gradient,) = torch.autograd.grad(measure(model(given, training=False)), given)
        return gradient.cpu().numpy()
    raise ValueError(
        f"the Keras backend must be tensorflow, jax or torch, but is {backend!r}, which gives no "
        "gradients. Set KERAS_BACKEND before Keras is imported."
    )


def _check_floats(images: np.ndarray) -> np.ndarray:
    images = check_images("images", images)
    if images.dtype.kind != "f":
        raise TypeError(
            f"images must be floats in [0, 1], but {images.dtype} came: divide 0..255 by 255 first."
        )
    return images


def _count_classes(model: Any) -> int:
    if not all(hasattr(model, name) for name in ("layers", "get_weights", "count_params")):
        raise TypeError(
            f"model must be a Keras model, but is a {type(model).__name__}. "
            "Pass the model itself, not its weights or its output."
        )
    shape = getattr(model, "output_shape", None)  # of one that is not built there is none
    if not isinstance(shape, tuple) or len(shape) != 2 or not shape[1] or shape[1] < 2:
        raise ValueError(
            f"model must give probabilities (N, num_classes), but gives {shape}. "
            "End it with a dense layer and a softmax."
        )
    last = model.layers[-1]
    bend = getattr(getattr(last, "activation", None), "__name__", "")
    if bend != "softmax" and type(last).__name__ != "Softmax":
        raise ValueError(
            f"model must end in a softmax, but {model.name!r} ends in {last.name!r}. "
            "Add keras.layers.Softmax() after it."
        )
    return shape[1]
