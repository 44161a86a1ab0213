"""The layer that learns in the page learns what it learns in Keras."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

import keras
import numpy as np
import pytest
from reading import PACK, unpack

from labhelpers.data import make_shapes
from labhelpers.models.shape_networks import build_linear
from labhelpers.widgets.package_files import join_module

if TYPE_CHECKING:
    from playwright.sync_api import Page

NUM_IMAGES = 300
BATCH_SIZE = 32
STEPS = 100

# Keras takes these through float32 even where all else is float64.
MOMENTUM, BETA_1, BETA_2 = (float(np.float32(value)) for value in (0.9, 0.9, 0.999))


class Case(NamedTuple):
    """An optimiser of the page with its options, and the same of Keras."""

    maker: str
    options: dict
    rate: float
    decay: float = 0.0

    def make_keras_optimizer(self) -> keras.optimizers.Optimizer:
        rate = self.rate
        if self.decay:
            # Of the type of the weights: a schedule of plain numbers is float32.
            rate = keras.optimizers.schedules.InverseTimeDecay(
                np.dtype(keras.config.floatx()).type(self.rate),
                decay_steps=1,
                decay_rate=self.decay,
            )
        if self.maker == "makeSgd":
            return keras.optimizers.SGD(rate, **self.options)
        return keras.optimizers.Adam(rate, beta_1=BETA_1, beta_2=BETA_2)


ADAM = {"beta1": BETA_1, "beta2": BETA_2}
NESTEROV = {"momentum": MOMENTUM, "nesterov": True}
CALM = {
    "Adam": Case("makeAdam", ADAM, 1e-3),
    "SGD": Case("makeSgd", {}, 1e-3),
    "SGD with momentum": Case("makeSgd", {"momentum": MOMENTUM}, 1e-3),
    "Nesterov": Case("makeSgd", NESTEROV, 1e-3),
    "Nesterov with decay": Case("makeSgd", NESTEROV, 2e-3, 0.05),
}
# Here the loss leaps, and a rounding in float32 is a tenth after a hundred steps, in Keras too.
LEAPING = {
    "Adam": Case("makeAdam", ADAM, 0.02),
    "SGD": Case("makeSgd", {}, 0.01),
    "Nesterov": Case("makeSgd", NESTEROV, 0.01),
    "Nesterov with decay": Case("makeSgd", NESTEROV, 0.01, float(np.float32(1e-6))),
}

LEARN = (
    "async ([text, name, options, rate, decay, given, order, sizes, precise]) => {"
    + PACK
    + """
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const floats = (text) => new (precise ? Float64Array : Float32Array)(bytes(text).buffer);
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const module = await import(address);
  const [parameters, values, labels] = [floats(given[0]), floats(given[1]), [...bytes(given[2])]];
  const [inputs, classes] = sizes;
  const images = labels.map((_, i) => values.subarray(i * inputs, (i + 1) * inputs));
  const take = (all, batch) => batch.map((image) => all[image]);
  const optimizer = module[name](parameters, options);
  const learner = module.makeLearner({ parameters, inputs, classes, optimizer, decay });
  const learn = (batch) => learner.learn(take(images, batch), take(labels, batch), rate);
  const losses = order.map(learn);
  return { losses, parameters: pack(parameters), ...learner.evaluate(images, labels) };
}"""
)


@pytest.fixture(scope="module")
def shapes():
    return make_shapes(NUM_IMAGES, noise=20.0, seed=4)


@pytest.fixture
def float64():
    usual = keras.config.floatx()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(usual)
    keras.config.set_dtype_policy(usual)


def encode(array: np.ndarray, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode()


def pack_parameters(model: keras.Model) -> np.ndarray:
    """The weights of each class, then the biases: the order of the page."""
    kernel, biases = model.get_weights()
    return np.concatenate([kernel.T.ravel(), biases])


def draw_order() -> list[list[int]]:
    """Batches of each epoch, images in random order, the last batch of an epoch a short one."""
    random = np.random.RandomState(3)
    batches = []
    while len(batches) < STEPS:
        order = random.permutation(NUM_IMAGES)
        batches += np.split(order, range(BATCH_SIZE, NUM_IMAGES, BATCH_SIZE))
    return [batch.tolist() for batch in batches[:STEPS]]


def learn_in_page(page: Page, case: Case, first: np.ndarray, shapes, order) -> dict:
    images, labels = shapes
    kind = f"<f{first.itemsize}"
    given = [encode(first, kind), encode(images, kind), encode(labels, "u1")]
    sizes = [images[0].size, 3]
    precise = first.dtype == np.float64
    module = join_module("one_layer_learner")
    learned = page.evaluate(LEARN, [module, *case, given, order, sizes, precise])
    return learned | {"parameters": unpack(learned["parameters"], kind)}


def learn_in_keras(case: Case, model: keras.Model, shapes, order) -> list[float]:
    images, labels = shapes
    model.compile(
        case.make_keras_optimizer(), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    losses = []
    for batch in order:
        model.reset_metrics()
        losses.append(model.train_on_batch(images[batch], labels[batch])[0])
    return losses


def check_like_keras(page: Page, case: Case, shapes) -> list[float]:
    """Compare a hundred steps; the losses of Keras."""
    model = build_linear(seed=6)
    first = pack_parameters(model)
    order = draw_order()
    learned = learn_in_page(page, case, first, shapes, order)
    right = learn_in_keras(case, model, shapes, order)
    np.testing.assert_allclose(learned["losses"], right, rtol=0, atol=1e-4)
    np.testing.assert_allclose(learned["parameters"], pack_parameters(model), rtol=0, atol=1e-4)
    loss, score = model.evaluate(*shapes, verbose=0)
    assert learned["loss"] == pytest.approx(loss, abs=1e-4)
    assert learned["score"] == pytest.approx(score, abs=1e-6)
    return right


@pytest.mark.parametrize("name", CALM)
def test_losses_are_those_of_keras(page, shapes, name):
    losses = check_like_keras(page, CALM[name], shapes)
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("name", LEAPING)
def test_with_more_digits_losses_are_those_of_keras_even_where_they_leap(
    page, shapes, name, float64
):
    losses = check_like_keras(page, LEAPING[name], shapes)
    # The first steps go far beyond the loss of guessing.
    assert max(losses[:10]) > 3 * np.log(3)
