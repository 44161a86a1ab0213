"""Feature maps and filters of any Keras model."""

import keras
import numpy as np
import pytest
from keras import layers

from labhelpers.insight import extract_feature_maps, extract_filters

IMAGES = np.random.RandomState(0).random_sample((5, 12, 10, 1)).astype("float32")


def build_sequential():
    return keras.Sequential(
        [
            keras.Input((12, 10, 1)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.Dropout(0.5, name="dropout"),
            layers.Flatten(name="flatten"),
            layers.Dense(3, activation="softmax", name="answer"),
        ]
    )


def build_functional():
    image = keras.Input((12, 10, 1), name="image")
    first = layers.Conv2D(4, 3, padding="same", name="first")(image)
    inner = keras.Sequential(
        [keras.Input((12, 10, 4)), layers.Conv2D(2, 1, name="inside")], name="inner"
    )(first)
    joined = layers.Concatenate(name="joined")([first, inner])
    return keras.Model(image, layers.GlobalMaxPooling2D(name="most")(joined))


class Subclassed(keras.Model):
    """A model without a graph, in which one layer is used twice."""

    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3, name="conv")
        self.bend = layers.ReLU(name="bend")
        self.flat = layers.Flatten(name="flat")
        self.answer = layers.Dense(3, name="answer")

    def call(self, images):
        return self.answer(self.bend(self.flat(self.bend(self.conv(images)))))


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


@pytest.mark.parametrize("build", [build_sequential, build_functional])
def test_maps_are_those_of_a_model_cut_off_at_the_layer(build):
    model = build()
    maps = extract_feature_maps(model, IMAGES)
    for name, found in maps.items():
        if name == "inside":
            continue
        part = keras.Model(model.inputs, model.get_layer(name).output)
        np.testing.assert_allclose(found, part.predict(IMAGES, verbose=0), atol=1e-5)
        assert found.dtype == np.float32


def test_a_nested_model_shows_its_own_layers():
    model = build_functional()
    maps = extract_feature_maps(model, IMAGES, layers=["first", "inside"])
    kernel, bias = model.get_layer("inner").get_layer("inside").get_weights()
    np.testing.assert_allclose(maps["inside"], maps["first"] @ kernel[0, 0] + bias, atol=1e-5)


def test_a_subclassed_model_shows_its_layers_once_it_was_called():
    model = Subclassed()
    with pytest.raises(ValueError, match=r"must be built.*call it once"):
        extract_feature_maps(model, IMAGES)
    model(IMAGES[:1])
    maps = extract_feature_maps(model, IMAGES)
    assert list(maps) == ["conv", "flat", "answer"]
    hidden = np.maximum(maps["flat"], 0)
    kernel, bias = model.answer.get_weights()
    np.testing.assert_allclose(maps["answer"], hidden @ kernel + bias, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match=r"used once.*'bend' is used 2 times"):
        extract_feature_maps(model, IMAGES, layers="bend")


def test_a_layer_that_is_never_used_is_said_to_be():
    class Idle(keras.Model):
        def __init__(self):
            super().__init__()
            self.used = layers.Dense(2, name="used")
            self.idle = layers.Activation("relu", name="idle")

        def call(self, x):
            return self.used(x)

    model = Idle()
    model(np.zeros((1, 4), "float32"))
    assert list(extract_feature_maps(model, np.zeros((2, 4)))) == ["used"]
    with pytest.raises(ValueError, match="'idle' is never used"):
        extract_feature_maps(model, np.zeros((2, 4)), layers=["idle"])


def test_one_layer_may_be_named_by_itself_and_others_in_any_number():
    model = build_sequential()
    assert list(extract_feature_maps(model, IMAGES, layers="pool")) == ["pool"]
    assert set(extract_feature_maps(model, IMAGES, layers=["answer", "conv"])) == {"answer", "conv"}


def test_batches_change_nothing():
    model = build_sequential()
    a, b = (extract_feature_maps(model, IMAGES, batch_size=n) for n in (2, 256))
    for name in a:
        np.testing.assert_allclose(a[name], b[name], atol=1e-6)


def test_the_model_is_left_as_it_was_even_after_an_error():
    model = build_sequential()
    before = model.predict(IMAGES, verbose=0)
    extract_feature_maps(model, IMAGES)
    with pytest.raises(ValueError, match="finite"):
        extract_feature_maps(model, np.full_like(IMAGES, np.nan))
    assert all("call" not in vars(layer) for layer in model.layers)
    np.testing.assert_array_equal(model.predict(IMAGES, verbose=0), before)
    assert (extract_feature_maps(model, IMAGES)["dropout"] > 0).any()


def test_dropout_hides_nothing():
    maps = extract_feature_maps(build_sequential(), IMAGES)
    np.testing.assert_array_equal(maps["dropout"], maps["pool"])


def test_an_unknown_layer_names_those_there_are():
    with pytest.raises(
        ValueError, match=r"'third' is none. There are conv, pool, dropout, flatten, answer\."
    ):
        extract_feature_maps(build_sequential(), IMAGES, layers=["conv", "third"])
    with pytest.raises(ValueError, match="There are conv"):
        extract_feature_maps(build_sequential(), IMAGES, layers=[])


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (IMAGES[..., 0], r"images must have shape \(N, 12, 10, 1\).*Add the channel"),
        (IMAGES[0], r"images must have shape"),
        (IMAGES[:, :6], r"images must have shape"),
        (IMAGES[:0], "at least one image"),
        (IMAGES * 255, r"\[0, 1\].*reach 2\d\d.*Divide them by 255"),
        ((IMAGES * 255).astype("uint8"), "Divide them by 255"),
        (IMAGES.astype(str), "array of numbers"),
    ],
)
def test_images_that_do_not_fit_are_refused_in_a_sentence(images, said):
    with pytest.raises(ValueError, match=said) as caught:
        extract_feature_maps(build_sequential(), images)
    assert str(caught.value).startswith("images must")


def test_a_model_that_rescales_takes_bytes():
    model = keras.Sequential(
        [
            keras.Input((12, 10, 1)),
            layers.Rescaling(1 / 255, name="rescale"),
            layers.Conv2D(2, 3, name="conv"),
        ]
    )
    given = (IMAGES * 255).astype("uint8")
    found = extract_feature_maps(model, given, layers="rescale")["rescale"]
    np.testing.assert_allclose(found, given / 255, atol=1e-6)


def test_what_is_no_fitting_model_is_refused():
    with pytest.raises(TypeError, match="model must be a Keras model, but is a str"):
        extract_feature_maps("model", IMAGES)
    a, b = keras.Input((4,)), keras.Input((4,))
    two = keras.Model([a, b], layers.Add()([a, b]))
    with pytest.raises(ValueError, match=r"one input, but .* has 2"):
        extract_feature_maps(two, np.zeros((1, 4)))
    with pytest.raises(ValueError, match="batch_size must"):
        extract_feature_maps(build_sequential(), IMAGES, batch_size=0)


def test_filters_are_the_weights_as_pictures():
    model = build_sequential()
    filters = extract_filters(model, "conv")
    np.testing.assert_array_equal(filters, model.get_layer("conv").get_weights()[0])
    with pytest.raises(ValueError, match="'pool' is a MaxPooling2D"):
        extract_filters(model, "pool")
    with pytest.raises(ValueError, match="There are conv, pool"):
        extract_filters(model, "none")
    assert extract_filters(model, "answer").shape == (5, 4, 4, 3)


def test_a_dense_layer_in_a_nested_model_has_filters():
    inner = keras.Sequential(
        [keras.Input((12, 10, 1)), layers.Flatten(), layers.Dense(3, name="scores")], name="inner"
    )
    model = keras.Sequential([keras.Input((12, 10, 1)), inner, layers.Softmax(name="answer")])
    kernel = model.get_layer("inner").get_layer("scores").get_weights()[0]
    np.testing.assert_array_equal(extract_filters(model, "scores"), kernel.reshape(12, 10, 1, 3))
