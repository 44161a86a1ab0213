"""How fast this machine trains: large products, and the networks of the Shapes part.

The measuring half of `labs speed`.
"""

import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import keras
import numpy as np

from labhelpers.arguments import check_count
from labhelpers.models.shape_networks import (
    build_hourglass,
    build_linear,
    build_small_cnn,
    build_vertex_regressor,
)
from labhelpers.training.fitting.fit import fit_model
from labhelpers.training.hardware import describe_hardware

_BATCH = 32
# Steps an epoch: about the same time for each network on a small machine.
_STEPS = {"linear": 200, "small_cnn": 100, "hourglass": 12, "regressor": 2}
_CLASSES = "sparse_categorical_crossentropy"
_NETWORKS: Mapping[str, tuple[Callable[..., keras.Model], str]] = {
    "linear": (build_linear, _CLASSES),
    "small_cnn": (build_small_cnn, _CLASSES),
    "hourglass": (build_hourglass, "mse"),
    "regressor": (build_vertex_regressor, "mse"),
}


@dataclass(frozen=True)
class Speed:
    """A rate that was measured several times.

    Attributes:
        median: The median of the rates.
        least: The slowest.
        most: The fastest.
    """

    median: float
    least: float
    most: float


def measure_product(precision: str, *, size: int = 2048, rounds: int = 8) -> Speed:
    """Measures how fast two square matrices are multiplied, on the device the backend uses.

    Args:
        precision: "float32", "bfloat16" or "float16".
        size: Rows and columns of the matrices.
        rounds: Products that are timed, after one that is not.

    Returns:
        Thousand million additions and multiplications a second (GFLOP/s): 2 size³ a product.

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
    return _rate(2 * size**3 / 1e9, seconds[1:])


def measure_training(
    name: str, *, steps: int | None = None, epochs: int = 6, size_px: int = 72
) -> tuple[Speed, str]:
    """Measures how fast `fit_model` trains a network of the Shapes part, on random images.

    Args:
        name: "linear", "small_cnn", "hourglass" or "regressor".
        steps: Steps of 32 images an epoch; without, what suits the network.
        epochs: Epochs, of which the first is left out.
        size_px: Width and height of the images.

    Returns:
        Images a second, forward and backward, and the precision that `fit_model` chose.

    Raises:
        ValueError: If there is no such network, or a number is too small.
    """
    if name not in _NETWORKS:
        raise ValueError(f"name must be one of {', '.join(_NETWORKS)}, but is {name!r}.")
    steps = _STEPS[name] if steps is None else steps
    check_count("steps", steps)
    if epochs < 2:
        raise ValueError(f"epochs must be at least 2, for the first is left out, but is {epochs}.")
    build, loss = _NETWORKS[name]
    model = build(size_px, seed=0)
    count = _BATCH * steps
    stream = np.random.RandomState(0)
    images = stream.uniform(size=(count, size_px, size_px, 1)).astype("float32")
    if loss == _CLASSES:
        targets = stream.randint(3, size=count)
    else:
        targets = stream.uniform(size=(count, *model.output_shape[1:])).astype("float32")
    run = fit_model(
        model,
        (images, targets),
        epochs=epochs,
        batch_size=_BATCH,
        optimizer=keras.optimizers.Adam(),
        loss=loss,
        seed=0,
        show_progress=False,
    )
    return _rate(count, run.history["seconds"][1:]), run.precision


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
        "product": {p: measure_product(p, size=size).median for p in precisions},
        "training": {name: measure_training(name, steps=steps)[0].median for name in _NETWORKS},
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


def _rate(work: float, seconds: list[float]) -> Speed:
    rates = [work / one for one in seconds]
    return Speed(statistics.median(rates), min(rates), max(rates))
