"""A lower precision is lent where it pays, changes little, and is given back."""

import keras
import numpy as np
import pytest
from tiny_problems import build_tiny_cnn, build_tiny_dense, fit

from labhelpers.models import (
    build_dense,
    build_hourglass,
    build_large_cnn,
    build_linear,
    build_vertex_regressor,
)
from labhelpers.training.fitting.plan import make_plan
from labhelpers.training.fitting.precision import choose_precision, lend_precision
from labhelpers.training.fitting.workload import estimate_workload
from labhelpers.training.hardware import Gpu, pick_fast_precision


class SeePrecision(keras.callbacks.Callback):
    """Notes what each layer computes in while the model learns."""

    def on_epoch_end(self, epoch, logs=None):
        self.seen = {layer.name: layer.compute_dtype for layer in self.model.layers}
        self.weights = {str(weight.dtype) for weight in self.model.weights}


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_layers_compute_in_it_but_for_the_outputs_and_it_is_given_back(train, precision):
    model, see = build_tiny_cnn(), SeePrecision()
    run = fit(model, train, precision=precision, callbacks=[see], epochs=6)
    assert run.precision == precision
    assert {see.seen[name] for name in ("conv", "norm", "relu", "pool")} == {precision}
    assert {see.seen[name] for name in ("logits", "softmax")} == {"float32"}
    assert see.weights == {"float32"}
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert model.compute_dtype == "float32"
    assert run.history["loss"][-1] < 0.7 * run.history["loss"][0]


def test_predictions_afterwards_are_float32_ones(train):
    model = build_tiny_cnn()

    class Predict(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.predict(train[0][:9], verbose=0)

    fit(model, train, precision="bfloat16", callbacks=[Predict()])
    after = model.predict(train[0][:9], verbose=0)
    fresh = build_tiny_cnn(seed=1)
    fresh.set_weights(model.get_weights())
    np.testing.assert_allclose(after, fresh.predict(train[0][:9], verbose=0), atol=1e-6)


def test_bfloat16_learns_what_float32_learns_within_rounding(train, validation):
    runs = {}
    for precision in ("float32", "bfloat16"):
        runs[precision] = fit(
            build_tiny_cnn(), train, validation=validation, precision=precision, epochs=4
        )
    exact, rounded = runs["float32"].history, runs["bfloat16"].history
    # bfloat16 keeps 8 bits: relative errors of 2**-9 a number.
    assert rounded["loss"] == pytest.approx(exact["loss"], rel=0.03, abs=1e-3)
    assert rounded["loss"] != exact["loss"]
    assert rounded["val_accuracy"][-1] == pytest.approx(exact["val_accuracy"][-1], abs=0.05)


def test_float16_scales_the_loss_and_gives_the_optimizer_back(train):
    model = build_tiny_cnn()
    optimizer = keras.optimizers.SGD(0.1)

    class SeeOptimizer(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.seen = self.model.optimizer

    see = SeeOptimizer()
    fit(model, train, precision="float16", optimizer=optimizer, callbacks=[see])
    assert isinstance(see.seen, keras.optimizers.LossScaleOptimizer)
    assert model.optimizer is optimizer
    assert int(optimizer.iterations) == 20


def test_it_is_given_back_when_something_fails():
    model = build_tiny_cnn()
    model.compile("sgd", "mse")
    with pytest.raises(RuntimeError, match="broken"), lend_precision(model, "bfloat16"):
        raise RuntimeError("broken")
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}


def test_a_precision_somebody_chose_is_left_alone(train):
    model, see = build_tiny_cnn(), SeePrecision()
    model.get_layer("conv").dtype_policy = "mixed_float16"
    plan = make_plan(model, image_count=300, batch_size=32, epochs=2)
    assert plan.precision == "float32"
    fit(model, train, callbacks=[see], epochs=1)
    assert see.seen["conv"] == "float16"
    assert model.get_layer("conv").compute_dtype == "float16"


def test_layers_inside_layers_are_reached(train):
    class Block(keras.layers.Layer):
        def __init__(self):
            super().__init__(name="block")
            self.conv = keras.layers.Conv2D(4, 3)

        def call(self, images):
            self.seen = str(self.conv(images).dtype)
            return self.conv(images)

    block = Block()
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.Sequential([keras.layers.Conv2D(4, 3, padding="same", name="inner")]),
            block,
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    fit(model, train, precision="bfloat16", epochs=1)
    assert "bfloat16" in block.seen
    assert block.conv.compute_dtype == model.layers[0].layers[-1].compute_dtype == "float32"


NOTHING, AMX = {"gpu": None, "matrix_unit": None}, {"gpu": None, "matrix_unit": "AMX"}
AMPERE = {"gpu": Gpu("A100", (8, 0)), "matrix_unit": None}
TURING = {"gpu": Gpu("T4", (7, 5)), "matrix_unit": "AMX"}
PASCAL = {"gpu": Gpu("P100", (6, 0)), "matrix_unit": "AMX"}


@pytest.mark.parametrize(
    ("build", "machine", "expected"),
    [
        (build_large_cnn, AMX, "bfloat16"),
        (build_large_cnn, NOTHING, "float32"),
        (build_large_cnn, AMPERE, "bfloat16"),
        (build_large_cnn, TURING, "float16"),
        (build_large_cnn, PASCAL, "float32"),
        (build_hourglass, AMX, "bfloat16"),
        (build_vertex_regressor, AMX, "bfloat16"),
        (build_dense, AMX, "float32"),
        (build_linear, AMX, "float32"),
        (lambda: build_dense(hidden=(500, 300)), AMX, "float32"),
        (build_tiny_cnn, AMPERE, "float32"),
    ],
)
def test_large_networks_get_the_fast_precision_and_small_ones_stay_exact(build, machine, expected):
    model = build()
    work = estimate_workload(model)
    assert choose_precision(model, work, batch_size=32, **machine) == expected


def test_the_fast_precision_goes_by_the_generation():
    assert pick_fast_precision(Gpu("V100", (7, 0)), None) == "float16"
    assert pick_fast_precision(Gpu("H100", (9, 0)), None) == "bfloat16"
    assert pick_fast_precision(Gpu("unknown", None), "AMX") == "float32"
    assert pick_fast_precision(None, "AVX512-BF16") == "bfloat16"
    assert pick_fast_precision(None, None) == "float32"


def test_work_is_counted_by_hand():
    work = estimate_workload(build_large_cnn())
    assert work.convolutional == (
        28 * 28 * 9 * 1 * 64 + 14 * 14 * 9 * 64 * 128 + 14 * 14 * 9 * 128 * 128
    )
    assert work.dense == 7 * 7 * 128 * 64 + 64 * 10
    assert not work.fusable
    work = estimate_workload(build_tiny_dense())
    assert (work.dense, work.convolutional, work.fusable) == (64 * 16 + 16 * 3, 0, True)
