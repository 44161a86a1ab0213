"""Trainings over a grid of learning rates, batch sizes and optimisers."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import keras

from labhelpers.arguments import check_choice, check_count, check_number
from labhelpers.training.fitting.fit import fit_model
from labhelpers.training.fitting.loops import Pair
from labhelpers.training.fitting.run_monitor import TrainingDiverged
from labhelpers.training.seeds import get_seed, set_seed

OPTIMIZERS: dict[str, Callable[[float], keras.optimizers.Optimizer]] = {
    "SGD": keras.optimizers.SGD,
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "Adam": keras.optimizers.Adam,
}
"""By the names that `measure_hyperparameters` takes; the momentum is 0.9."""

_FASTEST = 1e6


@dataclass(frozen=True)
class Trial:
    """One training of the grid.

    Attributes:
        optimizer: A name in `OPTIMIZERS`.
        rate: Learning rate.
        batch_size: Images a step.
        loss: Mean training loss, an epoch each.
        val_loss: Validation loss, an epoch each.
        val_score: Validation accuracy, an epoch each.
        seconds: Time of the training.
        diverged: Whether the loss left the finite numbers; the curves end there.
    """

    optimizer: str
    rate: float
    batch_size: int
    loss: tuple[float, ...]
    val_loss: tuple[float, ...]
    val_score: tuple[float, ...]
    seconds: float
    diverged: bool


@dataclass(frozen=True)
class Task:
    """What is trained, always from the same first weights.

    Attributes:
        build: Builds the model, a classifier that ends in probabilities.
        train: (images, labels).
        validation: The same, scored after each epoch.
        epochs: Of each training.
        seed: Of the first weights and of the order of the images.
    """

    build: Callable[[], keras.Model]
    train: Pair
    validation: Pair
    epochs: int
    seed: int


@dataclass(frozen=True)
class HyperparameterResults:
    """What `measure_hyperparameters` found.

    Attributes:
        optimizers: Names, as in `OPTIMIZERS`.
        rates: Learning rates, ascending.
        batch_sizes: Ascending.
        trials: One for each of their combinations, rates changing fastest.
        task: What was trained.
    """

    optimizers: tuple[str, ...]
    rates: tuple[float, ...]
    batch_sizes: tuple[int, ...]
    trials: tuple[Trial, ...]
    task: Task = field(repr=False)


class _Reporter(keras.callbacks.Callback):
    """Tells of each epoch, and stops when asked to."""

    def __init__(
        self,
        on_epoch: Callable[[int, dict[str, float]], None],
        should_stop: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._on_epoch = on_epoch
        self._should_stop = should_stop

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self._should_stop():
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._on_epoch(epoch + 1, {name: float(value) for name, value in (logs or {}).items()})
        self.on_train_batch_end(0)


def measure_hyperparameters(
    build: Callable[[], keras.Model],
    train: Pair,
    validation: Pair,
    *,
    rates: Sequence[float],
    batch_sizes: Sequence[int],
    optimizers: Sequence[str] = tuple(OPTIMIZERS),
    epochs: int,
    seed: int | None = None,
) -> HyperparameterResults:
    """Trains a classifier with every combination of rate, batch size and optimiser.

    All trainings begin with the same weights and last for the same epochs, so that a smaller
    batch takes more steps. Nothing is printed.

    Args:
        build: Builds the model; it must end in probabilities.
        train: (images (N, ...), labels (N,)).
        validation: The same, scored after each epoch.
        rates: Learning rates.
        batch_sizes: Images a step.
        optimizers: Names in `OPTIMIZERS`: "SGD", "momentum" (SGD with momentum 0.9) and "Adam".
        epochs: Of each training.
        seed: Of the first weights and of the order; `get_seed()` without.

    Returns:
        The results, to be given to `show_hyperparameters`.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of its range, or a list is empty.
    """
    for name, values in (("rates", rates), ("batch_sizes", batch_sizes)):
        if isinstance(values, str) or not len(values) or len(set(values)) != len(values):
            raise ValueError(f"{name} must be a list of different numbers, but {values!r} came.")
    if isinstance(optimizers, str) or not len(optimizers):
        raise ValueError(f"optimizers must be a list of names, but {optimizers!r} came.")
    names = tuple(check_choice("optimizers", name, tuple(OPTIMIZERS)) for name in optimizers)
    rates = tuple(
        sorted(check_number("rates", rate, is_more=True, at_most=_FASTEST) for rate in rates)
    )
    batch_sizes = tuple(sorted(check_count("batch_sizes", size) for size in batch_sizes))
    task = Task(
        build,
        train,
        validation,
        check_count("epochs", epochs),
        get_seed() if seed is None else seed,
    )
    trials = tuple(
        run_trial(task, optimizer=name, rate=rate, batch_size=size)
        for name in names
        for size in batch_sizes
        for rate in rates
    )
    return HyperparameterResults(names, rates, batch_sizes, trials, task)


def run_trial(
    task: Task,
    *,
    optimizer: str,
    rate: float,
    batch_size: int,
    on_epoch: Callable[[int, dict[str, float]], None] = lambda epoch, logs: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Trial:
    """Trains once.

    Args:
        task: What to train.
        optimizer: A name in `OPTIMIZERS`.
        rate: Learning rate, above 0.
        batch_size: Images a step.
        on_epoch: Called after each epoch with its number, from 1, and its measures.
        should_stop: Asked after each execution of steps whether to stop.

    Returns:
        What came of it.

    Raises:
        ValueError: If an argument is out of its range.
    """
    optimizer = check_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    rate = check_number("rate", rate, is_more=True, at_most=_FASTEST)
    set_seed(task.seed)
    start, diverged = time.perf_counter(), False
    try:
        history = fit_model(
            task.build(),
            task.train,
            validation=task.validation,
            epochs=task.epochs,
            batch_size=check_count("batch_size", batch_size),
            optimizer=OPTIMIZERS[optimizer](rate),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
            seed=task.seed,
            callbacks=(_Reporter(on_epoch, should_stop),),
            show_progress=False,
        ).history
    except TrainingDiverged as error:
        history, diverged = error.history, True
    curves = (history.get(name, ()) for name in ("loss", "val_loss", "val_accuracy"))
    seconds = time.perf_counter() - start
    return Trial(optimizer, rate, batch_size, *map(tuple, curves), seconds, diverged)
