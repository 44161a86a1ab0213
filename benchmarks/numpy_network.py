"""The NumPy network beside its bare matrix products, plain Keras, and a loop over examples.

Run with `python -m benchmarks.numpy_network`. Wanted, in batches of 64: an epoch in at most twice
the time of its matrix products, 20 times faster than example by example, and on 784-100-10 5 times
faster than Keras' `fit`. All are measured in turns, in one run. The loop over examples is that of
the chapter, our own functions on one image after the other; the lean one is written for single
images, and adds gradients up where they are.

BLAS, which multiplies the matrices, gets one thread (`--threads`): products this small gain little
from a second one, and lose much when another program has its core. Keras takes what cores it likes.
Both clocks are shown: the one on the wall, and the processor's, on which other programs of a busy
machine do not count; with one thread they agree on a quiet one.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

THREADS = "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"
CASES = {"784-100-10": (784, 100, 10), "784-400-700-10": (784, 400, 700, 10)}
WANTED = {"products": "<= 2x", "keras": ">= 5x", "loop": ">= 20x", "lean": ""}
SAID = {
    "products": "our time / products",
    "keras": "Keras / ours",
    "loop": "loop / ours",
    "lean": "lean loop / ours",
}
BATCH_SIZE = 64
RATE = 0.1
L2 = 1e-5


def choose_threads() -> argparse.Namespace:
    """Reads the options, and sets the threads of BLAS, which it asks for when NumPy is loaded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=20_000, help="images of an epoch")
    parser.add_argument("--threads", type=int, default=1, help="of BLAS")
    asked, _ = parser.parse_known_args()
    if any(os.environ.get(name) != str(asked.threads) for name in THREADS):
        os.environ.update(dict.fromkeys(THREADS, str(asked.threads)))
        command = [sys.executable, "-m", "benchmarks.numpy_network", *sys.argv[1:]]
        sys.exit(os.spawnv(os.P_WAIT, sys.executable, command))
    return asked


def multiply_only(widths: tuple[int, ...], steps: int) -> Callable[[], None]:
    """Makes the matrix products of an epoch: forward, gradients of weights, errors passed back."""
    import numpy as np

    def draw(*shape: int) -> np.ndarray:
        return np.random.RandomState(0).uniform(size=shape).astype(np.float32)

    layers = [
        (draw(BATCH_SIZE, inputs), draw(inputs, units), draw(BATCH_SIZE, units))
        for inputs, units in pairwise(widths)
    ]

    def run() -> None:
        for _ in range(steps):
            for number, (values, weights, delta) in enumerate(layers):
                values @ weights
                values.T @ delta
                if number:
                    delta @ weights.T

    return run


def train_by_batches(widths: tuple[int, ...], train: tuple) -> Callable[[], None]:
    """Makes an epoch of the NumPy network."""
    from labhelpers.training.by_hand.numpy_network import fit_numpy_network, make_numpy_network

    training: Iterator[int] = fit_numpy_network(
        make_numpy_network(widths, seed=0),
        train,
        epochs=1_000_000,
        batch_size=BATCH_SIZE,
        rate=RATE,
        l2=L2,
        seed=0,
    )
    return lambda: next(training)


def train_by_examples(widths: tuple[int, ...], train: tuple, *, lean: bool) -> Callable[[], None]:
    """Makes an epoch with the gradients of one image at a time, added up for each batch."""
    import numpy as np

    from labhelpers.training.by_hand.numpy_network import (
        make_numpy_network,
        run_backward,
        run_forward,
    )

    network = make_numpy_network(widths, seed=0)
    images, labels = np.float32(train[0]).reshape(len(train[0]), -1) / 255, train[1]

    def find_slopes(number: int) -> list[np.ndarray]:
        part = slice(number, number + 1)
        slopes = run_backward(network, run_forward(network, images[part]), labels[part])
        return slopes[0] + slopes[1]

    def find_slopes_leanly(number: int) -> list[np.ndarray]:
        values = [images[number]]
        for weight, bias in zip(network.weights, network.biases, strict=True):
            values.append(values[-1] @ weight + bias)
            if len(values) <= len(network.weights):
                values[-1] = 1 / (1 + np.exp(-values[-1]))
        delta = np.exp(values[-1] - values[-1].max())
        delta /= delta.sum()
        delta[labels[number]] -= 1
        weight_slopes, bias_slopes = [], []
        for weight, value in zip(network.weights[::-1], values[-2::-1], strict=True):
            weight_slopes.insert(0, np.outer(value, delta))
            bias_slopes.insert(0, delta)
            delta = weight @ delta * value * (1 - value)
        return weight_slopes + bias_slopes

    def run() -> None:
        arrays = network.weights + network.biases
        for start in range(0, len(images), BATCH_SIZE):
            batch = range(start, min(start + BATCH_SIZE, len(images)))
            if lean:
                sums = find_slopes_leanly(batch[0])
                for number in batch[1:]:
                    for total, slope in zip(sums, find_slopes_leanly(number), strict=True):
                        total += slope
            else:
                sums = [np.zeros_like(array) for array in arrays]
                for number in batch:
                    for total, slope in zip(sums, find_slopes(number), strict=True):
                        total += slope / len(batch)
            for weight in network.weights:
                weight *= 1 - RATE * L2
            for array, total in zip(arrays, sums, strict=True):
                array -= RATE / (len(batch) if lean else 1) * total

    return run


def train_with_keras(widths: tuple[int, ...], train: tuple) -> Callable[[], None]:
    """Makes an epoch of the same network by plain Keras; compiling is not counted."""
    import keras
    import numpy as np

    model = keras.Sequential(
        [
            keras.Input((widths[0],)),
            *(
                keras.layers.Dense(n, "sigmoid", kernel_regularizer=keras.regularizers.L2(L2 / 2))
                for n in widths[1:-1]
            ),
            keras.layers.Dense(
                widths[-1], "softmax", kernel_regularizer=keras.regularizers.L2(L2 / 2)
            ),
        ]
    )
    model.compile(keras.optimizers.SGD(RATE), "sparse_categorical_crossentropy")
    images = np.float32(train[0]).reshape(len(train[0]), -1) / 255
    fit = {"batch_size": BATCH_SIZE, "epochs": 1, "verbose": 0}
    model.fit(images[: 2 * BATCH_SIZE], train[1][: 2 * BATCH_SIZE], **fit)
    return lambda: model.fit(images, train[1], **fit)


def time_both(run: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the wall and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    """Prints the table."""
    asked = choose_threads()
    from benchmarks.timing import describe_machine
    from labhelpers.data import load_mnist

    data = load_mnist()
    train = (data.x_train[: asked.images], data.y_train[: asked.images])
    few = tuple(part[: max(asked.images // 20, BATCH_SIZE)] for part in train)
    print(describe_machine())
    print(
        f"{len(train[0]):,} images of {data.name}{', a stand-in' if data.standin else ''}, batches "
        f"of {BATCH_SIZE}; BLAS with {asked.threads} threads; load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':<30}{'on the wall':>24}{'of the processor':>26}")
    for name, widths in CASES.items():
        steps = -(-len(train[0]) // BATCH_SIZE)
        ours = train_by_batches(widths, train)
        rivals = {
            "products": multiply_only(widths, steps),
            "loop": train_by_examples(widths, few, lean=False),
            "lean": train_by_examples(widths, few, lean=True),
        }
        if name == "784-100-10":
            rivals["keras"] = train_with_keras(widths, train)
        ours()
        measure(name, ours, rivals, len(train[0]) / len(few[0]), len(train[0]), asked.rounds)
    print("median of the rounds' ratios, in brackets the smallest and the largest")


def measure(
    name: str,
    ours: Callable[[], None],
    rivals: dict[str, Callable[[], None]],
    share: float,
    images: int,
    rounds: int,
) -> None:
    """Runs ours and its rivals in turns; prints our speed and a line for each rival."""
    own, times = [], {rival: [] for rival in rivals}
    for _ in range(rounds):
        own.append(time_both(ours))
        for rival, run in rivals.items():
            scale = share if rival in ("loop", "lean") else 1
            times[rival].append([seconds * scale for seconds in time_both(run)])
    rates = [images / statistics.median(seconds) for seconds in zip(*own, strict=True)]
    print(f"{name:<30}{rates[0]:>20,.0f} /s{rates[1]:>23,.0f} /s")
    for rival, seconds in times.items():
        told = []
        for clock in (0, 1):
            ratios = [theirs[clock] / us[clock] for theirs, us in zip(seconds, own, strict=True)]
            if rival == "products":
                ratios = [1 / ratio for ratio in ratios]
            spread = f"({min(ratios):.2f}..{max(ratios):.2f})"
            told.append(f"{statistics.median(ratios):.2f}x {spread}")
        print(f"  {SAID[rival]:<20}{WANTED[rival]:>7} {told[0]:>24} {told[1]:>24}")


if __name__ == "__main__":
    main()
