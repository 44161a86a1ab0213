"""Eight views of a picture: all different, none invented, undone by hand."""

import numpy as np
import pytest

from labhelpers.data import turn_and_mirror


@pytest.mark.parametrize("shape", [(3, 5, 5), (2, 4, 4, 3)])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_eight_different_views_hold_the_same_values(shape, dtype):
    images = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    views = turn_and_mirror(images)
    assert views.shape == (8 * shape[0], *shape[1:])
    assert views.dtype == images.dtype
    one = views[:: shape[0]]
    assert len({view.tobytes() for view in one}) == 8
    for view in one:
        np.testing.assert_array_equal(np.sort(view.ravel()), np.sort(images[0].ravel()))


def test_views_come_in_the_order_that_is_promised():
    images = np.random.RandomState(0).uniform(size=(2, 3, 3, 1))
    views = turn_and_mirror(images).reshape(8, 2, 3, 3, 1)
    np.testing.assert_array_equal(views[0], images)
    # A quarter turn anticlockwise: what stood on the right stands on top.
    np.testing.assert_array_equal(views[1][:, 0], images[:, :, 2])
    np.testing.assert_array_equal(views[2], images[:, ::-1, ::-1])
    np.testing.assert_array_equal(views[4:], views[:4, :, :, ::-1])


def test_pictures_come_first_so_that_labels_can_be_tiled():
    images = np.zeros((2, 4, 4), "uint8")
    images[1] = 7
    np.testing.assert_array_equal(turn_and_mirror(images)[:, 0, 0], np.tile([0, 7], 8))


@pytest.mark.parametrize("shape", [(4, 4), (2, 4, 5), (2, 3, 4, 4), (1, 2, 2, 1, 1)])
def test_what_is_not_square_is_refused_with_a_way_on(shape):
    with pytest.raises(ValueError, match=r"images must be square.*images\[None\]"):
        turn_and_mirror(np.zeros(shape))


def test_a_list_is_refused_with_a_way_on():
    with pytest.raises(TypeError, match=r"a list of 1 came. Use np.stack"):
        turn_and_mirror([np.zeros((4, 4))])
