"""Watches a run: its curves, its best weights, and whether it still learns."""

import math
import time
from typing import Any

import keras
import numpy as np

from labhelpers.training.fitting.backends import read_logs
from labhelpers.training.fitting.progress import ProgressLine

_PAUSE_S = 0.3


class TrainingDiverged(FloatingPointError, ValueError):
    """The loss became NaN or infinite; the message says what to try.

    Attributes:
        history: The curves of the epochs that were completed before.
    """

    def __init__(self, message: str, history: dict[str, list[float]]) -> None:
        super().__init__(message)
        self.history = history


class RunMonitor(keras.callbacks.Callback):
    """Keeps the curves and the best weights, tells the time, and stops a run that should stop.

    The best epoch is the one of least validation loss, or of least training loss where there is no
    validation data; after `patience` epochs without a better one the run stops.
    """

    def __init__(
        self,
        line: ProgressLine,
        *,
        patience: int | None,
        epochs: int,
        batch_size: int,
        image_count: int,
    ) -> None:
        super().__init__()
        self._line = line
        self._patience = patience
        self._asked = epochs
        self._batch_size = batch_size
        self._image_count = image_count
        self._due = 0.0
        self.history: dict[str, list[float]] = {}
        self.seconds: list[float] = []
        self.training_s: list[float] = []
        self.best_epoch = 0
        self.best_loss = math.inf
        self.ran_out_of_patience = False
        self._best_weights: list[np.ndarray] = []
        self._scoring = False
        self._epoch = 0
        self._start = 0.0

    @property
    def epochs(self) -> int:
        """Epochs completed."""
        return len(self.seconds)

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Keeps the first weights, to go back to if no epoch is completed."""
        self._best_weights = self.model.get_weights()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Starts the epoch's clock."""
        self._epoch = epoch + 1
        self._start = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Looks at the loss, a few times a second: some backends have to wait for it."""
        now = time.perf_counter()
        if now < self._due:
            return
        self._due = now + _PAUSE_S
        numbers = read_logs(logs or {})
        if "loss" in numbers:
            self._check(numbers["loss"], "training")
            self._line.update(self._describe(numbers["loss"], batch + 1, now))

    def on_test_begin(self, logs: dict | None = None) -> None:
        """Stops the clock of training: scoring is not counted in images a second."""
        self._stop_training_clock()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Keeps the epoch's numbers, and its weights if they are the best so far."""
        self._stop_training_clock()
        numbers = read_logs(logs or {})
        self._check(numbers.get("loss", math.nan), "training")
        watched = numbers.get("val_loss", numbers["loss"])
        self._check(watched, "validation")
        for name, value in numbers.items():
            self.history.setdefault(name, []).append(value)
        self.seconds.append(time.perf_counter() - self._start)
        self.history.setdefault("seconds", []).append(self.seconds[-1])
        if watched < self.best_loss:
            self.best_loss = watched
            self.best_epoch = self.epochs
            self._best_weights = self.model.get_weights()
        elif self._patience is not None and self.epochs - self.best_epoch >= self._patience:
            self.ran_out_of_patience = True
            self.model.stop_training = True

    def put_best_back(self, model: keras.Model, *, or_first: bool = False) -> None:
        """Gives a model the weights of the best epoch.

        If no epoch was completed it keeps its own, or with `or_first` gets those that it began
        with.
        """
        if self._best_weights and (self.best_epoch or or_first):
            model.set_weights(self._best_weights)

    def _describe(self, loss: float, steps: int, now: float) -> str:
        seen = min(steps * self._batch_size, self._image_count)
        rate = seen / (now - self._start)
        left = (self._asked - self._epoch + 1) * self._image_count - seen
        return (
            f"epoch {self._epoch} of {self._asked}, {seen / self._image_count:.0%}: "
            f"loss {loss:.4f}, {rate:,.0f} images a second, {left / rate:.0f} s left"
        )

    def _stop_training_clock(self) -> None:
        if len(self.training_s) < self._epoch:
            self.training_s.append(time.perf_counter() - self._start)

    def _check(self, loss: float, which: str) -> None:
        if math.isfinite(loss):
            return
        rate: Any = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        raise TrainingDiverged(
            f"the {which} loss became {loss} in epoch {self._epoch}: training has diverged. "
            f"Try a learning rate ten times lower (it is {rate:g}), check that the images are "
            "scaled to 0..1, that the last layer fits the loss, or clip the gradients "
            "(clipnorm=1 in the optimizer). The last good weights are back.",
            self.history,
        )
