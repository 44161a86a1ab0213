"""What ends a run early: the reader, patience, a loss that is no number."""

import signal

import keras
import numpy as np
import pytest
from tiny_problems import build_tiny_cnn, build_tiny_dense, fit

from labhelpers.training import TrainingDiverged, fit_model


class SpoilThenInterrupt(keras.callbacks.Callback):
    """Learns well until an epoch, badly in it, and is stopped by a real Ctrl-C in the next."""

    def __init__(self, spoilt: int):
        super().__init__()
        self.spoilt = spoilt

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.spoilt:
            self.model.optimizer.learning_rate.assign(3.0)

    def on_train_batch_end(self, batch, logs=None):
        if epoch_has_begun(self, self.spoilt + 1):
            signal.raise_signal(signal.SIGINT)


def epoch_has_begun(callback, epoch):
    return int(callback.model.optimizer.iterations) > epoch * 10


@pytest.mark.parametrize("validated", [True, False])
def test_stopped_by_hand_the_best_weights_are_back(train, validation, validated):
    model = build_tiny_dense()
    run = fit(
        model,
        train,
        validation=validation if validated else None,
        epochs=50,
        callbacks=[SpoilThenInterrupt(3)],
        steps_per_execution=2,
    )
    assert run.interrupted
    assert run.epochs == 4
    assert run.best_epoch == 3
    assert {len(values) for values in run.history.values()} == {4}
    if validated:
        loss = model.evaluate(*validation, verbose=0)[0]
        assert run.history["val_loss"][3] > 2 * run.history["val_loss"][2]
        assert loss == pytest.approx(run.history["val_loss"][2], abs=1e-5)
    else:
        assert model.evaluate(*train, verbose=0)[0] < run.history["loss"][3]


def test_stopped_in_the_first_epoch_the_run_is_empty_and_the_weights_stay(train):
    class InterruptAtOnce(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            signal.raise_signal(signal.SIGINT)

    model = build_tiny_dense()
    before = model.get_weights()
    run = fit(model, train, callbacks=[InterruptAtOnce()], steps_per_execution=1)
    assert run.interrupted
    assert (run.epochs, run.best_epoch, run.images_per_s) == (0, 0, 0.0)
    assert not np.array_equal(before[0], model.get_weights()[0])


def test_stopped_by_hand_it_says_so_and_the_model_can_go_on(train, capsys):
    model = build_tiny_dense()
    fit(model, train, epochs=9, callbacks=[SpoilThenInterrupt(1)], show_progress=True)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("stopped by hand after 2 epochs")
    assert "best weights, of epoch 1, put back" in last
    run = fit(model, train, optimizer="adam")
    assert run.epochs == 2


def test_patience_stops_and_puts_the_best_weights_back(train, validation):
    model = build_tiny_dense()
    rise = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 if epoch < 3 else 3.0)
    run = fit(model, train, validation=validation, epochs=50, patience=2, callbacks=[rise])
    assert run.epochs == run.best_epoch + 2
    assert run.epochs < 50
    assert not run.interrupted
    loss = model.evaluate(*validation, verbose=0)[0]
    assert loss == pytest.approx(min(run.history["val_loss"]), abs=1e-5)


def test_without_patience_the_last_weights_stay(train, validation):
    model = build_tiny_dense()
    rise = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 if epoch < 3 else 3.0)
    run = fit(model, train, validation=validation, epochs=5, callbacks=[rise])
    assert run.epochs == 5
    assert run.best_epoch < 5
    loss = model.evaluate(*validation, verbose=0)[0]
    assert loss == pytest.approx(run.history["val_loss"][-1], rel=1e-4)


def test_patience_that_is_not_used_up_changes_nothing(train, validation):
    patient, plain = build_tiny_dense(), build_tiny_dense()
    run = fit(patient, train, validation=validation, epochs=3, patience=3)
    fit(plain, train, validation=validation, epochs=3)
    assert run.epochs == 3
    assert np.array_equal(patient.get_weights()[0], plain.get_weights()[0])


def test_a_callback_can_stop_the_run(train):
    class StopSecond(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    assert fit(build_tiny_dense(), train, epochs=9, callbacks=[StopSecond()]).epochs == 2


@pytest.mark.parametrize("show_progress", [True, False])
def test_a_loss_that_is_no_number_stops_with_advice(train, show_progress, capsys):
    model = build_tiny_dense()
    with pytest.raises(TrainingDiverged) as caught:
        fit(
            model,
            train,
            optimizer=keras.optimizers.SGD(1e30),
            loss=blow_up,
            metrics=None,
            epochs=5,
            show_progress=show_progress,
        )
    message = str(caught.value)
    assert "learning rate" in message
    assert "1e+30" in message
    assert "scaled" in message
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, FloatingPointError)
    # The weights are usable: those of before.
    assert all(np.isfinite(w).all() for w in model.get_weights())
    printed = capsys.readouterr().out
    assert ("not a number" in printed) == show_progress


def test_the_error_holds_the_curves_of_before(train):
    model = build_tiny_cnn()
    explode = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 if epoch < 2 else 1e30)
    with pytest.raises(TrainingDiverged) as caught:
        fit(model, train, epochs=5, callbacks=[explode], loss=blow_up, metrics=None)
    assert len(caught.value.history["loss"]) == 2
    assert np.isfinite(model.predict(train[0][:5], verbose=0)).all()


def blow_up(labels, probabilities):
    """A loss without the clipping that keeps Keras' own finite."""
    classes = keras.ops.cast(labels, "int32")
    chosen = keras.ops.take_along_axis(probabilities, classes[:, None], axis=1)
    return -keras.ops.log(chosen)


def test_an_error_of_a_callback_comes_through_and_precision_is_given_back(train):
    class Break(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("my own")

    model = build_tiny_cnn()
    with pytest.raises(RuntimeError, match="my own"):
        fit(model, train, precision="bfloat16", callbacks=[Break()])
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}


def test_one_epoch_counts_its_own_speed(train):
    run = fit_model(
        build_tiny_dense(),
        train,
        epochs=1,
        batch_size=32,
        optimizer="sgd",
        loss="sparse_categorical_crossentropy",
        show_progress=False,
    )
    assert run.images_per_s == pytest.approx(300 / run.history["seconds"][0], rel=0.2)
