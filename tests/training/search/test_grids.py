"""Trainings over a grid."""

import threading

import keras
import numpy as np
import pytest
from joblib import parallel_config

from labhelpers.data import make_shapes
from labhelpers.training import SweepError, TrainingDiverged, measure_hyperparameters
from labhelpers.training.search.training_grid import Task, train_setting

KINDS = ("square", "disk", "triangle")


def build():
    return keras.Sequential(
        [keras.Input((16, 16, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )


TRAIN = make_shapes(48, kinds=KINDS, size_px=16, seed=1)
VALIDATION = make_shapes(48, kinds=KINDS, size_px=16, seed=2)


def test_every_combination_is_trained_and_as_keras_does_it():
    results = measure_hyperparameters(
        build, TRAIN, VALIDATION, rates=(0.1, 0.01), batch_sizes=(48, 16), epochs=3,
        optimizers=("momentum", "Adam"), seed=3,
    )  # fmt: skip
    assert results.rates == (0.01, 0.1)
    assert [one.setting for one in results.trials] == [
        {"optimizer": name, "batch_size": size, "rate": rate}
        for name in ("momentum", "Adam")
        for size in (16, 48)
        for rate in (0.01, 0.1)
    ]
    # A batch of all images: the order does not matter, and Keras must find the same.
    keras.utils.set_random_seed(3)
    model = build()
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    plain = model.fit(*TRAIN, batch_size=48, epochs=3, verbose=0).history["loss"]
    ours = results.trials[3]
    np.testing.assert_allclose(ours.curve("train_loss"), plain, rtol=2e-3)
    assert len(ours.curve("loss")) == len(ours.curve("score")) == 3
    assert not ours.diverged
    assert ours.seconds > 0


def test_a_training_is_told_of_and_stopped():
    told, stop = [], threading.Event()

    def tell(epoch, logs):
        told.append((epoch, logs["loss"]))
        if epoch == 2:
            stop.set()

    task = Task(build, TRAIN, VALIDATION, 50, 3)
    setting = {"optimizer": "SGD", "rate": 0.01, "batch_size": 16}
    measured = list(train_setting(setting, 50, task, on_epoch=tell, should_stop=stop.is_set))
    assert [epoch for epoch, _ in told] == [1, 2]
    assert [one["train_loss"] for one in measured] == pytest.approx([loss for _, loss in told])


def test_a_training_that_leaves_the_numbers_is_a_result():
    large = TRAIN[0] * np.float32(1e30), TRAIN[1]
    setting = {"optimizer": "SGD", "rate": 1e6, "batch_size": 8}
    with pytest.raises(TrainingDiverged):
        list(train_setting(setting, 2, Task(build, large, VALIDATION, 2, 3)))
    results = measure_hyperparameters(
        build, large, VALIDATION, rates=(1e6,), batch_sizes=(8,), optimizers=("SGD",), epochs=2
    )
    assert results.trials[0].diverged
    assert len(results.trials[0].history) < 2


def test_a_model_that_cannot_be_trained_is_no_result():
    def build_wrong():
        return keras.Sequential([keras.Input((9,)), keras.layers.Dense(3, "softmax")])

    with pytest.raises(SweepError, match=r"ValueError: train images must"):
        measure_hyperparameters(
            build_wrong, TRAIN, VALIDATION, rates=(0.1,), batch_sizes=(8,), epochs=1
        )


def test_two_workers_find_what_one_finds():
    grid = {"rates": (0.01, 0.1), "batch_sizes": (48,), "optimizers": ("SGD",), "epochs": 2}
    alone = measure_hyperparameters(build, TRAIN, VALIDATION, **grid, seed=1)
    with parallel_config("loky", n_jobs=2):
        together = measure_hyperparameters(build, TRAIN, VALIDATION, **grid, seed=1)
    for one, other in zip(alone.trials, together.trials, strict=True):
        assert (one.setting, one.score) == (other.setting, other.score)
        assert one.curve("train_loss") == pytest.approx(other.curve("train_loss"), rel=1e-5)


def test_bad_arguments_are_refused():
    given = {"rates": (0.1,), "batch_sizes": (8,), "epochs": 1}
    for change, words in (
        ({"rates": ()}, "rates must be a list"),
        ({"rates": (0.1, 0.1)}, "different numbers"),
        ({"rates": (0.0,)}, "rates must be a finite number above 0"),
        ({"batch_sizes": (0,)}, "batch_sizes must be"),
        ({"optimizers": ("Adagrad",)}, "optimizers must be"),
        ({"optimizers": "Adam"}, "optimizers must be a list"),
        ({"epochs": 0}, "epochs must be"),
    ):
        with pytest.raises((TypeError, ValueError), match=words):
            measure_hyperparameters(build, TRAIN, VALIDATION, **{**given, **change})
