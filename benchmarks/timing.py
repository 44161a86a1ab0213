"""Times plain Keras and fit_model side by side, in turns: fair on a busy machine too."""

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import keras
import numpy as np

from labhelpers.insight import compare_scores
from labhelpers.training import describe_hardware, fit_model, get_seed, set_seed
from labhelpers.training.speed import measure_product

Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Case:
    """A network, its training and how it is timed."""

    name: str
    build: Callable[[], keras.Model]
    optimizer: Callable[[], keras.optimizers.Optimizer]
    batch_size: int
    epochs: int
    rounds: int
    wanted: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Measured:
    """What one way of fitting took and reached, one number a round."""

    images_per_s: list[float] = field(default_factory=list)
    whole_s: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    precision: str = "float32"


class _EpochClock(keras.callbacks.Callback):
    def on_train_begin(self, logs: dict | None = None) -> None:
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds.append(time.perf_counter() - self._start)


def describe_machine() -> str:
    """One line: processor, cores, versions. Every figure is printed under it."""
    hardware = describe_hardware()
    backend = {"tensorflow": ("tensorflow", "tensorflow-cpu")}.get(
        hardware.backend, (hardware.backend,)
    )
    names = [("keras", ("keras",)), (hardware.backend, backend), ("numpy", ("numpy",))]
    versions = [f"{shown} {_find_version(asked)}" for shown, asked in names]
    unit = f" with {hardware.matrix_unit}" if hardware.matrix_unit else ""
    device = hardware.gpu or f"{hardware.cpu}, {hardware.cores} cores{unit}"
    return f"{device}; Python {platform.python_version()}, {', '.join(versions)}"


def run_case(case: Case, train: Pair, test: Pair) -> tuple[Measured, Measured]:
    """Fits by plain Keras and by fit_model in turns, from the same first weights each round."""
    plain, ours = Measured(), Measured()
    for turn in range(case.rounds):
        seed = get_seed(turn)  # of the first weights, and of both orders of the images
        for measured, fit in ((plain, _fit_plainly), (ours, partial(_fit_ours, seed=seed))):
            set_seed(seed)
            model = case.build()
            start = time.perf_counter()
            rate, precision = fit(case, model, train)
            measured.whole_s.append(time.perf_counter() - start)
            measured.images_per_s.append(rate)
            measured.precision = precision
            _, score = model.evaluate(*test, batch_size=500, verbose=0)
            measured.scores.append(score)
        print(
            f"{case.name}, round {turn + 1} of {case.rounds}: "
            f"{plain.images_per_s[-1]:,.0f} and {ours.images_per_s[-1]:,.0f} images a second, "
            f"scores {plain.scores[-1]:.4f} and {ours.scores[-1]:.4f}",
            flush=True,
        )
    return plain, ours


def _fit_plainly(case: Case, model: keras.Model, train: Pair) -> tuple[float, str]:
    clock = _EpochClock()
    model.compile(
        optimizer=case.optimizer(), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(*train, epochs=case.epochs, batch_size=case.batch_size, callbacks=[clock], verbose=0)
    return len(train[0]) / statistics.mean(clock.seconds[1:]), "float32"


def _fit_ours(case: Case, model: keras.Model, train: Pair, *, seed: int) -> tuple[float, str]:
    run = fit_model(
        model,
        train,
        epochs=case.epochs,
        batch_size=case.batch_size,
        optimizer=case.optimizer(),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        seed=seed,
        show_progress=False,
        **case.options,
    )
    return run.images_per_s, run.precision


def print_table(rows: list[tuple[Case, Measured, Measured]]) -> None:
    """Prints a line a case: images a second of both, their ratio round by round, the scores."""
    print(
        f"{'network':<34} {'plain /s':>9} {'ours /s':>9} {'ratio':>6} {'(spread)':>13} "
        f"{'whole call':>10} {'wanted':>8}  {'plain score':>13} {'our score':>13}  precision"
    )
    for case, plain, ours in rows:
        ratios = _divide(ours.images_per_s, plain.images_per_s)
        whole = statistics.median(_divide(plain.whole_s, ours.whole_s))
        print(
            f"{case.name:<34} {statistics.median(plain.images_per_s):>9,.0f} "
            f"{statistics.median(ours.images_per_s):>9,.0f} {statistics.median(ratios):>5.2f}x "
            f"{f'({min(ratios):.2f}..{max(ratios):.2f})':>13} {whole:>9.2f}x {case.wanted:>8}  "
            f"{write_spread(plain.scores):>13} {write_spread(ours.scores):>13}  {ours.precision}"
        )
    print(
        "ratio: median over rounds, first epoch left out; whole call: with building and compiling;"
        " scores: mean +- deviation on test images"
    )
    _print_gaps(rows)
    _print_work(rows)


def _print_gaps(rows: list[tuple[Case, Measured, Measured]]) -> None:
    """Prints, for each network trained more than once, whether the two scores can be told apart."""
    for case, plain, ours in rows:
        if case.rounds > 1:
            gap = write_gap(ours.scores, plain.scores)
            print(f"{case.name:<34} our score less plain's, 95%: {gap} (n = {case.rounds})")


def count_work(model: keras.Model) -> int:
    """Counts additions and multiplications that training on one image takes.

    Products of dense layers and convolutions, twice each (a product and its sum), once forward,
    once for the weights' gradients and once for the inputs'; the first such layer's inputs need
    none. What stands between those layers is left out.
    """
    products = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            products.append(
                int(np.prod(layer.output.shape[1:3])) * int(np.prod(layer.kernel.shape))
            )
        elif isinstance(layer, keras.layers.Dense):
            products.append(int(np.prod(layer.kernel.shape)))
    return 2 * (3 * sum(products) - products[0])


def _print_work(rows: list[tuple[Case, Measured, Measured]]) -> None:
    """Prints the arithmetic that fit_model got done beside that of a plain matrix product."""
    precisions = dict.fromkeys(ours.precision for _, _, ours in rows)
    products = {precision: measure_product(precision) for precision in precisions}
    print(f"\n{'network':<34} {'MFLOP/image':>11} {'GFLOP/s':>9} {'of a product':>13}  precision")
    for case, _, ours in rows:
        work, precision = count_work(case.build()), ours.precision
        done = work * statistics.median(ours.images_per_s) / 1e9
        print(
            f"{case.name:<34} {work / 1e6:>11.3f} {done:>9.1f} {done / products[precision]:>13.2f}"
            f"  {precision}"
        )
    print(
        "a matrix product, 2048 by 2048: "
        + ", ".join(f"{rate:,.0f} GFLOP/s in {precision}" for precision, rate in products.items())
    )


def _divide(left: list[float], right: list[float]) -> list[float]:
    return [a / b for a, b in zip(left, right, strict=True)]


def write_spread(values: Sequence[float]) -> str:
    """Writes mean and deviation of scores; the deviation of a single one is 0."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.4f}+-{deviation:.4f}"


def write_gap(first: Sequence[float], second: Sequence[float]) -> str:
    """Writes the 95% interval of the difference of scores of the same seeds, and its verdict."""
    gap = compare_scores(first, second, paired=True)
    return f"{gap.low:+.4f} to {gap.high:+.4f}: {gap.verdict}"


def _find_version(distributions: tuple[str, ...]) -> str:
    for name in distributions:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return "unknown"
