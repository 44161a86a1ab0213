"""Fitting a model, fast by default."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from labhelpers.training.hardware import describe_hardware
from labhelpers.training.seeds import get_seed


@dataclass(frozen=True)
class Run:
    """What one call of `fit_model` did.

    Attributes:
        history: A list for each name, one number an epoch: "loss", the metrics, the same on
            validation data as "val_...", and "seconds".
        epochs: Epochs done.
        seconds: Time they took together, validation included.
        images_per_s: Training images a second, forward and backward, first epoch left out.
        parameters: Number of the model's parameters.
        device: What it ran on.
        precision: "float32", "bfloat16" or "float16".
        seed: Of the order of the images.
        batch_size: Images a step.
        interrupted: Whether it was stopped by hand.
        best_epoch: Number (from 1) of the epoch with the least loss.
    """

    history: dict[str, list[float]]
    epochs: int
    seconds: float
    images_per_s: float
    parameters: int
    device: str
    precision: str
    seed: int
    batch_size: int
    interrupted: bool
    best_epoch: int


class _Clock(keras.callbacks.Callback):
    def on_train_begin(self, logs: dict | None = None) -> None:
        self.train_s: list[float] = []
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._start = time.perf_counter()

    def on_test_begin(self, logs: dict | None = None) -> None:
        self.train_s.append(time.perf_counter() - self._start)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds.append(time.perf_counter() - self._start)
        if len(self.train_s) < len(self.seconds):
            self.train_s.append(self.seconds[-1])


def fit_model(
    model: keras.Model,
    train: tuple[np.ndarray, np.ndarray],
    *,
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    epochs: int,
    batch_size: int,
    optimizer: Any = None,
    loss: Any = None,
    metrics: Any = None,
    patience: int | None = None,
    precision: str = "auto",
    steps_per_execution: int | str = "auto",
    jit_compile: bool | str = "auto",
    seed: int | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    show_progress: bool = True,
) -> Run:
    """Fits a model to images and labels.

    Args:
        model: A Keras model; compiled already, or with an optimizer and a loss given here.
        train: (images, labels) to learn from.
        validation: (images, labels) scored after each epoch, never learnt from.
        epochs: Times to go through the training images.
        batch_size: Images a step.
        optimizer: As for `model.compile`.
        loss: As for `model.compile`.
        metrics: As for `model.compile`.
        patience: Stop when the validation loss has not improved for that many epochs, and put
            the best weights back.
        precision: "float32", "bfloat16", "float16", or "auto".
        steps_per_execution: Steps a call of the backend, or "auto".
        jit_compile: Whether to use XLA, or "auto".
        seed: Of the order of the images; `get_seed()` without.
        callbacks: Further Keras callbacks.
        show_progress: Whether to print.

    Returns:
        What was done.
    """
    if optimizer is not None or loss is not None:
        model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
    clock = _Clock()
    extra: list[keras.callbacks.Callback] = [clock, *callbacks]
    if patience is not None:
        extra.append(keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True))
    start = time.perf_counter()
    fitted = model.fit(
        *train,
        validation_data=validation,
        epochs=epochs,
        batch_size=batch_size,
        callbacks=extra,
        verbose=0,
    )
    seconds = time.perf_counter() - start
    history = {name: [float(v) for v in values] for name, values in fitted.history.items()}
    history["seconds"] = clock.seconds
    measured = clock.train_s[1:] or clock.train_s
    watched = history.get("val_loss") or history["loss"]
    hardware = describe_hardware()
    run = Run(
        history=history,
        epochs=len(clock.seconds),
        seconds=seconds,
        images_per_s=len(train[0]) * len(measured) / sum(measured),
        parameters=model.count_params(),
        device=hardware.gpu or hardware.cpu,
        precision="float32",
        seed=get_seed() if seed is None else seed,
        batch_size=batch_size,
        interrupted=False,
        best_epoch=int(np.argmin(watched)) + 1,
    )
    if show_progress:
        print(f"{run.epochs} epochs in {seconds:.1f} s, {run.images_per_s:,.0f} images a second")
    return run
