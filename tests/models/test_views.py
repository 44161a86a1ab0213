"""The mean over several views of an image."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labhelpers.models import MeanOverViews


class Brightness:
    """Answers with the brightness of the left and of the right half."""

    def predict(self, images, **options):
        self.options = options
        return np.stack([images[:, :, :2].mean(axis=(1, 2)), images[:, :, 2:].mean(axis=(1, 2))], 1)


@given(st.integers(1, 5), st.integers(0, 2**31))
def test_it_is_the_mean_of_the_answers(count, seed):
    images = np.random.RandomState(seed).rand(3, 4, 4)
    model = Brightness()
    views = [lambda x, by=by: np.roll(x, by, axis=2) for by in range(count)]
    wanted = np.mean([model.predict(view(images)) for view in views], axis=0)
    found = MeanOverViews(model, views).predict(images, batch_size=2, verbose=0)
    np.testing.assert_array_equal(found, wanted)
    assert model.options == {"batch_size": 2, "verbose": 0}


def test_a_mirror_makes_left_and_right_alike():
    images = np.random.RandomState(0).rand(5, 4, 4)
    model = MeanOverViews(Brightness(), [lambda x: x, lambda x: x[:, :, ::-1]])
    left, right = model.predict(images).T
    np.testing.assert_allclose(left, right)


def test_no_views_are_refused():
    with pytest.raises(ValueError, match="views must be one function at least"):
        MeanOverViews(Brightness(), [])
