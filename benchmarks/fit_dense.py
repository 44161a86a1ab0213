"""fit_model beside plain Keras on the dense networks of the MNIST chapters.

Run with `python -m benchmarks.fit_dense`. Wanted: twice as fast, the same score.
"""

import argparse

import keras
import numpy as np

from benchmarks.timing import Case, describe_machine, print_table, run_case
from labhelpers.data import load_mnist
from labhelpers.models import build_dense

CASES = [
    Case(
        name="784-64-64-10, Adam, batch 32",
        build=build_dense,
        optimizer=keras.optimizers.Adam,
        batch_size=32,
        epochs=4,
        rounds=5,
        wanted=">= 2x",
    ),
    Case(
        name="784-500-300-10, SGD 0.1, batch 32",
        build=lambda: build_dense(hidden=(500, 300)),
        optimizer=lambda: keras.optimizers.SGD(0.1),
        batch_size=32,
        epochs=4,
        rounds=5,
        wanted=">= 2x",
    ),
]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, help="rounds a case, instead of its own")
    asked, _ = parser.parse_known_args()
    data = load_mnist()
    train = (np.float32(data.x_train) / 255, data.y_train)
    test = (np.float32(data.x_test) / 255, data.y_test)
    print(describe_machine())
    print(f"{len(train[0]):,} images of {data.name}{', a stand-in' if data.standin else ''}")
    rows = []
    for case in CASES:
        if asked.rounds:
            case = Case(**{**case.__dict__, "rounds": asked.rounds})
        rows.append((case, *run_case(case, train, test)))
    print_table(rows)


if __name__ == "__main__":
    main()
