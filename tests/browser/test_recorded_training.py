"""A training epoch by epoch, as a reader moves it in a page without a kernel."""

import keras
import numpy as np
import pytest
from playwright.sync_api import expect
from reading import read_canvas

from labhelpers.data import make_shapes
from labhelpers.insight import RecordedTraining, record_training
from labhelpers.widgets import show_training

KINDS = ("square", "disk", "triangle")
EPOCHS = 5


def build():
    return keras.Sequential(
        [keras.Input((24, 24, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )


@pytest.fixture(scope="module")
def shapes():
    return make_shapes(60, kinds=KINDS, size_px=24, seed=1)


@pytest.fixture(scope="module")
def recorded(shapes):
    return record_training(
        build,
        shapes,
        make_shapes(60, kinds=KINDS, size_px=24, seed=2),
        optimizers={"Adam": keras.optimizers.Adam(1e-2), "SGD": keras.optimizers.SGD(0.01)},
        epochs=EPOCHS,
        batch_size=16,
        frames=4,
        seed=5,
    )


def colour(weights, limit):
    """Blue for and red against, as `plot_weights` has it, in 63 steps."""
    share = np.rint(weights / limit * 31)[..., None] / 31
    end = np.where(share < 0, [178, 24, 43], [33, 102, 172])
    return 255 + (end - 255) * abs(share)


def test_what_is_recorded_is_what_keras_learns(recorded, shapes):
    assert recorded["Adam"].epochs == recorded["SGD"].epochs == (0, 1, 2, 5)
    keras.utils.set_random_seed(5)
    first = build().layers[-1].get_weights()[0]
    first = (first - first.mean(axis=1, keepdims=True)).T.reshape(3, 24, 24)
    for one in recorded.values():
        np.testing.assert_allclose(one.weights[0], first, atol=1e-6)
        assert len(one.loss) == len(one.val_loss) == EPOCHS
        assert one.loss[-1] < one.loss[0]
    assert not np.allclose(recorded["Adam"].weights[-1], recorded["SGD"].weights[-1], atol=1e-3)


def test_epochs_are_kept_densely_at_first_and_thinly_later(shapes):
    (one,) = record_training(
        build, shapes, optimizers={"SGD": keras.optimizers.SGD(0.01)}, epochs=40, batch_size=60,
        frames=7,
    ).values()  # fmt: skip
    steps = np.diff(one.epochs)
    assert one.epochs[0] == 0
    assert one.epochs[-1] == 40
    assert len(one.weights) == 7
    assert (np.diff(steps) >= 0).all()
    assert one.val_loss == ()


def test_the_slider_shows_each_epochs_weights_and_losses(open_widget, recorded):
    page = open_widget(show_training(recorded, classes=KINDS))
    slider = page.get_by_role("slider", name="Epoch")
    for name, one in recorded.items():
        page.get_by_role("combobox", name="Training").select_option(name)
        limit = abs(one.weights).max()
        slider.press("Home")
        for frame, epoch in enumerate(one.epochs):
            assert slider.get_attribute("aria-valuetext") == f"{epoch} of {EPOCHS}"
            losses = (
                f"training loss {one.loss[epoch - 1]:.3f}, "
                f"validation loss {one.val_loss[epoch - 1]:.3f}"
                if epoch
                else "before the first step"
            )
            told = page.locator(".labs-told")
            expect(told).to_have_text(f"{name}, epoch {epoch}: {losses}. Full colour: {limit:.3f}.")
            expect(page.get_by_role("img", name="Loss: ")).to_have_attribute(
                "aria-label", f"Loss: {name}, epoch {epoch} of {EPOCHS}, {losses}"
            )
            for k, kind in enumerate(KINDS):
                pane = page.get_by_role("img", name=f"for {kind}: weights after epoch {epoch} of")
                shown = read_canvas(pane)[..., :3]
                assert abs(shown - colour(one.weights[frame, k], limit)).max() <= 1
            slider.press("ArrowRight")


def test_bad_trainings_are_refused(recorded):
    adam = recorded["Adam"]
    with pytest.raises(ValueError, match="classes must name the 3 answers"):
        show_training(recorded, classes=("a", "b"))
    with pytest.raises(TypeError, match="classes must be a list"):
        show_training(recorded, classes="abc")
    with pytest.raises(TypeError, match="what record_training returned"):
        show_training([adam], classes=KINDS)
    with pytest.raises(TypeError, match="'Adam' is a list"):
        show_training({"Adam": [1]}, classes=KINDS)
    broken = RecordedTraining((0,), np.full((1, 3, 4, 4), np.nan), (1.0,), ())
    with pytest.raises(ValueError, match="weights of 'it' are not"):
        show_training({"it": broken}, classes=KINDS)
    random = np.random.RandomState(0).standard_normal((40, 3, 90, 90))
    large = RecordedTraining(tuple(range(40)), random, (1.0,), ())
    with pytest.raises(ValueError, match=r"frames=8"):
        show_training({"it": large}, classes=KINDS)
    with pytest.raises(ValueError, match="of the shape shown"):
        show_training(recorded, classes=KINDS).set_trainings(
            {"it": RecordedTraining((0,), np.ones((1, 3, 4, 4)), (1.0,), ())}
        )
    flat = keras.Sequential([keras.Input((24, 24, 1)), keras.layers.Conv2D(3, 3)])
    with pytest.raises(ValueError, match="first dense layer sees the 24 x 24"):
        record_training(
            lambda: flat, make_shapes(4, size_px=24, seed=1), optimizers={"SGD": "sgd"}, epochs=1,
            batch_size=2,
        )  # fmt: skip
    with pytest.raises(TypeError, match="optimizers must be a dict"):
        record_training(
            build, make_shapes(4, size_px=24, seed=1), optimizers="sgd", epochs=1, batch_size=2
        )
