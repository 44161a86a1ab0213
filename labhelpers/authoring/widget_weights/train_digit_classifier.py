"""Trains the digit classifier that comes with the package, as *Small and strong* trains it.

    python -m labhelpers.authoring.widget_weights.train_digit_classifier

writes `labhelpers/models/weights/digit_classifier.npz`: five minutes on two cores. The seed is
fixed, and the test set only gives a score to print.
"""

import keras
import numpy as np
from keras import layers

from labhelpers.data import distort_elastically, load_mnist
from labhelpers.models.digit_classifier import WEIGHTS, build_digit_classifier
from labhelpers.training import fit_fresh_sets, make_warmup_cosine, set_seed

_PASSES = 28
_BATCH_SIZE = 128
_DISTORTION = {"alpha": 20.0, "sigma": 4.0, "rotation": 8.0, "scaling": 0.08, "shift": 1.2}


def train() -> keras.Model:
    """Trains on fresh distortions of all training images."""
    data = load_mnist()
    set_seed(0)
    classifier = build_digit_classifier(seed=0)
    first = [keras.Input((28, 28)), layers.Rescaling(1 / 255), layers.Reshape((28, 28, 1))]
    model = keras.Sequential([*first, *classifier.layers])
    steps = _PASSES * -(-len(data.x_train) // _BATCH_SIZE)
    rate = make_warmup_cosine(6e-3, steps, warmup_steps=round(0.2 * steps), first_rate=6e-4)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", ["accuracy"])
    fit_fresh_sets(
        model,
        lambda number: (
            distort_elastically(data.x_train, **_DISTORTION, seed=100 + number),
            data.y_train,
        ),
        num_sets=_PASSES,
        batch_size=_BATCH_SIZE,
        sets_at_once=4,
        seed=0,
    )
    score = model.evaluate(data.x_test, data.y_test, batch_size=500, verbose=0)[1]
    print(f"right on the test set: {score:.4f}", flush=True)
    return classifier


def main() -> None:
    """Trains and writes the weights in the order of the model's list."""
    weights = train().get_weights()
    np.savez_compressed(WEIGHTS, **{f"w{k:02}": weight for k, weight in enumerate(weights)})


if __name__ == "__main__":
    main()
