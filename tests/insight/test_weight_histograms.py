"""Histograms of weights."""

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers

from labhelpers.insight import collect_weights, plot_weight_histograms, use_style


def build(units=4):
    keras.utils.set_random_seed(units)
    return keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(3, 3, name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(name="flatten"),
            layers.Dense(units, name="dense"),
        ]
    )


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


def test_all_weights_of_each_kernel_are_collected_and_no_biases():
    model = build()
    found = collect_weights(model)
    assert list(found) == ["conv", "dense"]
    for name, weights in found.items():
        kernel = model.get_layer(name).get_weights()[0]
        np.testing.assert_array_equal(weights, kernel.ravel())
    found["conv"][:] = 0
    assert model.get_layer("conv").get_weights()[0].any()


def test_a_layer_without_a_kernel_is_refused_with_those_that_have_one():
    with pytest.raises(ValueError, match=r"'norm' is none. There are conv, dense\."):
        collect_weights(build(), layers=["norm"])
    with pytest.raises(TypeError, match="Keras model"):
        collect_weights([1, 2])


def test_a_panel_a_layer_and_a_line_a_model_on_shared_bins():
    small, large = build(4), build(5)
    large.get_layer("conv").set_weights([w * 3 for w in large.get_layer("conv").get_weights()])
    figure = plot_weight_histograms({"small": small, "large": large})
    panels = [axes for axes in figure.axes if axes.patches]
    assert len(panels[0].patches[0].get_data().values) < len(panels[1].patches[0].get_data().values)
    assert [axes.get_title() for axes in panels] == ["conv", "dense"]
    for axes in panels:
        steps = [patch.get_data() for patch in axes.patches]
        assert len(steps) == 2
        np.testing.assert_array_equal(steps[0].edges, steps[1].edges)
        for name, model, step in zip(("small", "large"), (small, large), steps, strict=True):
            weights = collect_weights(model)[axes.get_title()]
            assert step.values.sum() == pytest.approx(1), name
            counts = np.histogram(weights, step.edges)[0]
            np.testing.assert_allclose(step.values * weights.size, counts, atol=1e-6)
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["small", "large"]


def test_one_model_and_chosen_layers():
    figure = plot_weight_histograms(build(), layers=["dense"])
    assert [axes.get_title() for axes in figure.axes] == ["dense"]
    assert not figure.legends


def test_weights_that_are_all_zero_can_be_drawn():
    model = build()
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    plot_weight_histograms(model).canvas.draw()


def test_models_that_cannot_be_compared_are_refused():
    other = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="other")])
    with pytest.raises(ValueError, match="'b' has no 'conv'; it has other"):
        plot_weight_histograms({"a": build(), "b": other})
    with pytest.raises(ValueError, match="at least one model"):
        plot_weight_histograms({})
