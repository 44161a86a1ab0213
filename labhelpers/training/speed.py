"""How fast this machine trains: large products, and the networks of the Shapes part.

The measuring half of `labs speed`.
"""

import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import keras
import numpy as np

from labhelpers.arguments import check_choice, check_count
from labhelpers.models.shape_networks import (
    build_hourglass,
    build_linear,
    build_small_cnn,
    build_vertex_regressor,
)
from labhelpers.training.fitting.fit import fit_model
from labhelpers.training.hardware import describe_hardware

_BATCH = 32
_EPOCHS = 6
# Steps an epoch: about the same time for each network on a small machine.
_STEPS = {"linear": 200, "small_cnn": 100, "hourglass": 12, "regressor": 2}
_CLASSES = "sparse_categorical_crossentropy"
_NETWORKS: Mapping[str, tuple[Callable[..., keras.Model], str]] = {
    "linear": (build_linear, _CLASSES),
    "small_cnn": (build_small_cnn, _CLASSES),
    "hourglass": (build_hourglass, "mse"),
    "regressor": (build_vertex_regressor, "mse"),
}


def measure_product(precision: str, *, size: int = 2048, rounds: int = 8) -> float:
    """Measures how fast two square matrices are multiplied, on the device the backend uses.

    Args:
        precision: "float32", "bfloat16" or "float16".
        size: Rows and columns of the matrices.
        rounds: Products that are timed, after one that is not.

    Returns:
        The median in GFLOP/s; a product takes 2 size³ additions and multiplications.

    Raises:
        ValueError: If the size or the number of rounds is not positive.
    """
    check_count("size", size)
    check_count("rounds", rounds)
    factor = keras.ops.cast(keras.random.normal((size, size), seed=0), precision)
    seconds = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        product = keras.ops.matmul(factor, factor)
        # A number that is read has been computed, on a graphics card too.
        float(keras.ops.cast(product[0, 0], "float32"))
        seconds.append(time.perf_counter() - start)
    return statistics.median(2 * size**3 / 1e9 / one for one in seconds[1:])


def measure_training(name: str, *, steps: int | None = None) -> float:
    """Measures how fast `fit_model` trains a network of the Shapes part, on random images.

    Args:
        name: "linear", "small_cnn", "hourglass" or "regressor".
        steps: Steps of 32 images an epoch; without, what suits the network.

    Returns:
        Images a second, forward and backward: the median of the epochs but the first.

    Raises:
        ValueError: If there is no such network, or the number of steps is not positive.
    """
    check_choice("name", name, _NETWORKS)
    count = _BATCH * check_count("steps", _STEPS[name] if steps is None else steps)
    build, loss = _NETWORKS[name]
    model = build(seed=0)
    stream = np.random.RandomState(0)
    images = stream.uniform(size=(count, *model.input_shape[1:])).astype("float32")
    if loss == _CLASSES:
        targets = stream.randint(3, size=count)
    else:
        targets = stream.uniform(size=(count, *model.output_shape[1:])).astype("float32")
    run = fit_model(
        model,
        (images, targets),
        epochs=_EPOCHS,
        batch_size=_BATCH,
        optimizer=keras.optimizers.Adam(),
        loss=loss,
        seed=0,
        show_progress=False,
    )
    return statistics.median(count / seconds for seconds in run.history["seconds"][1:])


def measure_all(*, size: int = 2048, steps: int | None = None) -> dict[str, Any]:
    """Measures the products and the networks, and says on what.

    Args:
        size: Rows and columns of the matrices.
        steps: Steps an epoch for every network; without, what suits each.

    Returns:
        `product`: GFLOP/s by precision; `training`: images a second by network; `cpu`, `cores`,
        `memory_gb`, `gpu`, `matrix_unit`, `versions` and `date`, in UTC.
    """
    hardware = describe_hardware(ask_backend=True)
    precisions = dict.fromkeys(["float32", hardware.precision])
    return {
        "product": {p: measure_product(p, size=size) for p in precisions},
        "training": {name: measure_training(name, steps=steps) for name in _NETWORKS},
        "cpu": hardware.cpu,
        "cores": hardware.cores,
        "memory_gb": round(hardware.memory_gb, 1),
        "gpu": hardware.gpu,
        "matrix_unit": hardware.matrix_unit,
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            hardware.backend: sys.modules[hardware.backend].__version__,
        },
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
