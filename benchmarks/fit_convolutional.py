"""fit_model beside plain Keras on convolutional networks.

Run with `python -m benchmarks.fit_convolutional`. Wanted of the two large ones: three times as
fast on a CPU with AMX; elsewhere 0.8 of what this machine gains by bfloat16 in a matrix product;
the same score.
"""

import argparse
import statistics
from functools import partial

import keras
import numpy as np
from keras import layers

from benchmarks.timing import Case, Pair, describe_machine, print_table, run_case
from labhelpers.data import load_cifar10, load_mnist
from labhelpers.models import build_compact_cnn, build_large_cnn
from labhelpers.training import describe_hardware
from labhelpers.training.speed import measure_product

_COUNT = 6_400


def build_normalised() -> keras.Model:
    """The reports' network of six normalised convolutions for CIFAR-10, 309,290 parameters."""
    stack: list = [keras.Input((32, 32, 3))]
    for filters in (32, 64, 128):
        for _ in range(2):
            stack += [
                layers.Conv2D(filters, 3, padding="same", activation="relu"),
                # Averages that settle within the few steps of a benchmark.
                layers.BatchNormalization(momentum=0.9),
            ]
        stack += [layers.MaxPooling2D(2), layers.Dropout(0.2)]
    return keras.Sequential([*stack, layers.Flatten(), layers.Dense(10, activation="softmax")])


def measure_matrix_ratio() -> float:
    """Measures how much faster two large matrices are multiplied in bfloat16 than in float32."""
    rates: dict[str, list[float]] = {"float32": [], "bfloat16": []}
    for _ in range(11):
        for precision, measured in rates.items():  # in turns, for the machine is never quiet
            measured.append(measure_product(precision, rounds=1))
    medians = {precision: statistics.median(measured) for precision, measured in rates.items()}
    print(
        f"matrix product: {medians['float32']:,.0f} GFLOP/s in float32, "
        f"{medians['bfloat16']:,.0f} in bfloat16"
    )
    return medians["bfloat16"] / medians["float32"]


def load_pairs() -> dict[str, tuple[Pair, Pair]]:
    """Loads part of each data set: training speed does not depend on how much there is."""
    mnist, cifar10 = load_mnist(), load_cifar10()
    pairs = {}
    for name, data in (("MNIST", mnist), ("CIFAR-10", cifar10)):
        train = np.float32(data.x_train[:_COUNT]) / 255, data.y_train[:_COUNT]
        test = np.float32(data.x_test[:2_000]) / 255, data.y_test[:2_000]
        pairs[name] = train, test
    return pairs


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds a case (3)")
    asked, _ = parser.parse_known_args()
    print(describe_machine())
    ratio = measure_matrix_ratio()
    amx = describe_hardware().matrix_unit == "AMX"
    wanted = ">= 3x" if amx else f">= {0.8 * ratio:.1f}x"
    case = partial(Case, epochs=3, rounds=asked.rounds)
    large = case(
        name="64-128-128, SGD, batch 32",
        build=build_large_cnn,
        optimizer=lambda: keras.optimizers.SGD(0.01, momentum=0.9),
        batch_size=32,
        wanted=wanted,
    )
    adam = partial(case, optimizer=keras.optimizers.Adam, batch_size=64)
    small = adam(name="32-32, 25,258 weights, batch 64", build=build_compact_cnn, wanted="")
    normalised = adam(name="six normalised, Adam, batch 64", build=build_normalised, wanted=wanted)
    cases = [("MNIST", large), ("MNIST", small), ("CIFAR-10", normalised)]
    pairs = load_pairs()
    print(f"{_COUNT:,} images each of {' and '.join(pairs)}")
    print_table([(one, *run_case(one, *pairs[name])) for name, one in cases])


if __name__ == "__main__":
    main()
