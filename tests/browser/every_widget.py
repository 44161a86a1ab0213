"""One widget of each kind, for tests of what holds of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import keras
import numpy as np

from labhelpers.training.search.sweeps import Outcome
from labhelpers.training.search.training_grid import HyperparameterResults, Task
from labhelpers.widgets import (
    show_adversarial,
    show_corner_finder,
    show_descent,
    show_digit_breaker,
    show_digit_drawer,
    show_draw_and_classify,
    show_filters,
    show_frames,
    show_hyperparameters,
    show_live_training,
    show_noise_explorer,
)

if TYPE_CHECKING:
    from labhelpers.widgets.live_widget import LiveWidget

IMAGES = np.random.RandomState(0).random_sample((4, 24, 24, 1)).astype("float32")
NAMES = ("one", "two", "three", "four")


def make_filters() -> LiveWidget:
    layers = keras.layers
    model = keras.Sequential([keras.Input((24, 24, 1)), layers.Conv2D(6, 3), layers.Conv2D(3, 3)])
    return show_filters(model, IMAGES[:2], names=NAMES[:2])


def make_frames() -> LiveWidget:
    texts = [f"The picture of {name}, and of nothing else." for name in NAMES]
    return show_frames(IMAGES, label="Place", values=NAMES, texts=texts, title="picture")


def make_results() -> HyperparameterResults:
    names, rates, sizes = ("SGD", "Adam"), (0.001, 0.01, 0.1), (8, 32)
    grid = [(name, size, rate) for name in names for size in sizes for rate in rates]
    trials = tuple(
        Outcome(
            number=k,
            setting={"optimizer": name, "batch_size": size, "rate": rate},
            epochs=2,
            history=(
                {"train_loss": 1.0, "loss": 1.1, "score": 0.4},
                {"train_loss": 0.5, "loss": 0.7, "score": 0.9 - k / 50},
            ),
            seconds=1.5 + k,
            failure="diverged: the loss became nan" if k == 5 else None,
        )
        for k, (name, size, rate) in enumerate(grid)
    )
    task = Task(keras.Sequential, (IMAGES, IMAGES), (IMAGES, IMAGES), 2, 0)
    return HyperparameterResults(names, rates, sizes, trials, task)


def make_hyperparameters() -> LiveWidget:
    return show_hyperparameters(make_results())


def make_live_training() -> LiveWidget:
    # No slider at its end, so that each can move.
    return show_live_training(num_images=200)


# By the name of its module.
WIDGETS: dict[str, Callable[[], LiveWidget]] = {
    "adversarial": show_adversarial,
    "corner_finder": show_corner_finder,
    "descent": show_descent,
    "digit_breaker": show_digit_breaker,
    "digit_drawer": show_digit_drawer,
    "draw_and_classify": show_draw_and_classify,
    "filters": make_filters,
    "frames": make_frames,
    "hyperparameters": make_hyperparameters,
    "live_training": make_live_training,
    "noise_explorer": show_noise_explorer,
}
