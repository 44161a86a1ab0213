"""Bytes to numbers from 0 to 1."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labhelpers.data import scale_images


@given(st.integers(0, 255))
def test_each_grey_value_becomes_its_share(value):
    scaled = scale_images(np.full((1, 2, 3), value, "uint8"))
    assert scaled.dtype == np.float32
    assert scaled == pytest.approx(value / 255)


def test_what_is_scaled_already_is_refused():
    with pytest.raises(TypeError, match="scaled already"):
        scale_images(np.ones((1, 2, 2), "float32"))
    with pytest.raises(TypeError, match="images must be an array"):
        scale_images([[1]])
