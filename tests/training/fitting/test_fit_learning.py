"""fit_model learns what plain Keras learns."""

import tracemalloc

import keras
import numpy as np
import pytest
from tiny_problems import build_tiny_cnn, build_tiny_dense, fit, make_images

from labhelpers.training import fit_model


def fit_batch_by_batch(model, train, *, epochs, batch_size, seed):
    """The same training written out: a shuffle an epoch, then batch after batch."""
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    stream = np.random.RandomState([seed, 0])
    for _ in range(epochs):
        order = stream.permutation(len(train[0]))
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            model.train_on_batch(train[0][chosen], train[1][chosen])


@pytest.mark.parametrize("jit_compile", [True, False])
@pytest.mark.parametrize("steps", [1, 4, "auto"])
def test_weights_are_those_of_training_batch_by_batch(train, steps, jit_compile):
    ours, plain = build_tiny_dense(), build_tiny_dense()
    # 300 images are 9 batches of 32 and one of 12; 9 steps are not a multiple of 4.
    fit(ours, train, steps_per_execution=steps, jit_compile=jit_compile)
    fit_batch_by_batch(plain, train, epochs=2, batch_size=32, seed=0)
    for a, b in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


def test_batch_norm_and_convolutions_learn_the_same_too(train):
    ours, plain = build_tiny_cnn(), build_tiny_cnn()
    fit(ours, train, steps_per_execution=4)
    fit_batch_by_batch(plain, train, epochs=2, batch_size=32, seed=0)
    for a, b in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_scores_equal_those_of_plain_fit(train, validation):
    ours, plain = [], []
    for seed in range(3):
        model = build_tiny_dense(seed)
        run = fit(model, train, validation=validation, epochs=8, seed=seed)
        ours.append(run.history["val_accuracy"][-1])
        model = build_tiny_dense(seed)
        model.compile(
            optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        model.fit(*train, epochs=8, batch_size=32, verbose=0)
        plain.append(model.evaluate(*validation, verbose=0)[1])
    assert min(ours) > 0.9
    assert np.mean(ours) == pytest.approx(np.mean(plain), abs=0.03)


def test_the_history_is_what_evaluating_says(train, validation):
    model = build_tiny_dense()
    run = fit(model, train, validation=validation)
    loss, accuracy = model.evaluate(*validation, verbose=0)
    assert run.history["val_loss"][-1] == pytest.approx(loss, abs=1e-5)
    assert run.history["val_accuracy"][-1] == pytest.approx(accuracy, abs=1e-6)
    assert {len(values) for values in run.history.values()} == {2}
    assert set(run.history) == {"loss", "accuracy", "val_loss", "val_accuracy", "seconds"}


class CountImages(keras.metrics.Metric):
    """Adds up the images a model has seen in an epoch."""

    def __init__(self):
        super().__init__(name="images")
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(keras.ops.cast(keras.ops.shape(y_pred)[0], "float32"))

    def result(self):
        return self.total.value


@pytest.mark.parametrize(("count", "batch_size"), [(300, 32), (37, 5), (33, 32), (32, 32), (7, 7)])
def test_every_image_is_seen_once_an_epoch(count, batch_size):
    run = fit(
        build_tiny_dense(),
        make_images(count, seed=0),
        validation=make_images(count + 1, seed=1),
        batch_size=batch_size,
        metrics=[CountImages()],
        steps_per_execution=4,
    )
    assert run.history["images"] == [count, count]
    assert run.history["val_images"] == [count + 1, count + 1]


class CountTraces(keras.Sequential):
    """Counts how often its step is traced."""

    traces = 0

    def train_step(self, data):
        type(self).traces += 1
        return super().train_step(data)


def test_a_last_smaller_batch_is_traced_once(train):
    CountTraces.traces = 0
    model = CountTraces(build_tiny_dense().layers)
    fit(model, train, epochs=4, steps_per_execution=4)
    # The loop's step, and the smaller step; each may be traced once more to learn its shapes.
    assert CountTraces.traces <= 4


def test_the_same_seed_gives_the_same_weights_and_another_does_not(train):
    weights = []
    for seed in (3, 3, 4):
        model = build_tiny_dense()
        fit(model, train, seed=seed)
        weights.append(model.get_weights()[0])
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_the_seed_of_the_run_is_the_default(train, monkeypatch):
    monkeypatch.setenv("LABHELPERS_SEED", "7")
    assert fit(build_tiny_dense(), train, seed=None).seed == 7


def test_fitting_further_goes_on_and_does_not_repeat_the_order(train):
    model = build_tiny_dense()
    first = fit(model, train)
    options = {"optimizer": None, "loss": None, "metrics": None}
    second = fit(model, train, **options)
    assert second.history["loss"][0] < first.history["loss"][0]
    assert int(model.optimizer.iterations) == 2 * 2 * 10

    again = build_tiny_dense()
    fit(again, train)
    again.optimizer.iterations.assign(0)
    fit(again, train, **options)
    assert not np.array_equal(again.get_weights()[0], model.get_weights()[0])


def test_uint8_images_learn_as_their_scaled_copies(train):
    pixels = (train[0] * 255).astype("uint8")
    plain = build_tiny_dense()
    rescaled = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Rescaling(1 / 255), *build_tiny_dense().layers]
    )
    fit(plain, (np.float32(pixels) / 255, train[1]))
    fit(rescaled, (pixels, train[1]))
    for a, b in zip(plain.get_weights(), rescaled.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


def test_images_on_disk_learn_as_those_in_memory(train, tmp_path):
    np.save(tmp_path / "images.npy", train[0])
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    weights = []
    for images in (train[0], mapped):
        model = build_tiny_dense()
        fit(model, (images, train[1]), validation=(images, train[1]), steps_per_execution=4)
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


def test_the_data_is_copied_once_at_most_and_left_as_it_was():
    images = np.random.RandomState(0).rand(2_000, 72, 72, 1).astype("float32")
    labels = np.arange(2_000) % 3
    before = images[:3].copy()
    model = keras.Sequential(
        [
            keras.Input((72, 72, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    tracemalloc.start()
    fit(model, (images, labels), epochs=1, batch_size=100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * images.nbytes
    assert np.array_equal(images[:3], before)
    assert images.dtype == np.float32


def test_images_can_be_labels(train, validation):
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]
    )
    run = fit_model(
        model,
        (train[0], train[0]),
        validation=(validation[0], validation[0]),
        epochs=3,
        batch_size=50,
        optimizer="adam",
        loss="binary_crossentropy",
        show_progress=False,
    )
    assert run.history["loss"][-1] < run.history["loss"][0]


def test_regression_learns(train):
    target = train[0].mean(axis=(1, 2))
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    run = fit(model, (train[0], target), loss="mse", metrics=None, epochs=5, optimizer="adam")
    assert run.history["loss"][-1] < run.history["loss"][0]


def test_dropout_and_augmentation_work_compiled(train):
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.RandomTranslation(0.1, 0.1, seed=1),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dropout(0.2, seed=1),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    run = fit(model, train, epochs=6)
    assert run.history["loss"][-1] < run.history["loss"][0]


def test_a_model_of_ones_own_class_is_fitted_by_its_own_step(train):
    class Doubling(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(3, activation="softmax")

        def call(self, images):
            return self.dense(keras.ops.reshape(images, (-1, 64)))

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return 2 * super().compute_loss(x, y, y_pred, sample_weight, training)

    keras.utils.set_random_seed(0)
    model = Doubling()
    run = fit(model, train, optimizer=keras.optimizers.SGD(1e-9), metrics=None)
    assert run.history["loss"][0] == pytest.approx(2 * np.log(3), rel=0.3)


def test_learning_rates_follow_their_schedule_and_their_callback(train):
    schedule = keras.optimizers.schedules.PolynomialDecay(0.1, 20, 0.0)
    model = build_tiny_dense()
    fit(model, train, optimizer=keras.optimizers.SGD(schedule))
    assert float(model.optimizer.learning_rate) == pytest.approx(0, abs=1e-6)

    model = build_tiny_dense()
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    fit(model, train, optimizer=keras.optimizers.SGD(0.1), callbacks=[halve])
    assert float(model.optimizer.learning_rate) == pytest.approx(0.025)


def test_frozen_layers_stay(train):
    model = build_tiny_dense()
    model.layers[1].trainable = False
    before = [w.copy() for w in model.layers[1].get_weights()]
    fit(model, train)
    for a, b in zip(before, model.layers[1].get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_the_run_says_what_was_done(train, validation):
    model = build_tiny_dense()
    run = fit(model, train, validation=validation, epochs=3)
    assert run.epochs == 3
    assert run.parameters == model.count_params() == 64 * 16 + 16 + 16 * 3 + 3
    assert run.batch_size == 32
    assert run.seed == 0
    assert run.precision == "float32"
    assert not run.interrupted
    assert run.best_epoch == int(np.argmin(run.history["val_loss"])) + 1
    assert 0 < sum(run.history["seconds"]) < run.seconds
    assert run.images_per_s > 300 / max(run.history["seconds"])
    assert "core" in run.device
