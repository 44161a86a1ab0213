"""The networks on handwritten digits give in the page what Keras gives."""

from __future__ import annotations

import numpy as np
import pytest
from engine import restore, run_in_page

from labhelpers.authoring.widget_weights.train_handwriting import BUILDERS
from labhelpers.data import distort_elastically
from labhelpers.widgets.handwriting import read_samples
from labhelpers.widgets.package_files import read_weights

NUM_IMAGES = 1_000


@pytest.fixture(scope="module")
def images():
    """The package's digits bent and moved, a thousand of them, some hard to read."""
    samples, _ = read_samples()
    many = np.float32(np.tile(samples, (34, 1, 1))[:NUM_IMAGES]) / 255
    return distort_elastically(many, alpha=40, sigma=5, rotation=20, scaling=0.2, shift=3, seed=5)


@pytest.mark.parametrize("name", BUILDERS)
def test_the_networks_answer_in_the_page_as_in_keras(page, images, name):
    packed = read_weights(f"handwriting/{name}")
    model = restore(BUILDERS[name](), packed)
    right = model.predict(images, verbose=0)
    found = run_in_page(page, packed, images)
    assert np.abs(found - right).max() < 2e-3
    assert (found.argmax(1) == right.argmax(1)).mean() >= 0.999
    # And the answers are worth comparing: all classes, sure and unsure.
    assert set(right.argmax(1)) == set(range(10))
    assert (right.max(axis=1) < 0.9).sum() > 20
