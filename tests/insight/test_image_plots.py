"""Rows of images and weights as images."""

from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labhelpers.insight import plot_images, plot_weights, use_style

RANDOM = np.random.RandomState(0)


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


def drawn(figure):
    return [np.asarray(a.images[0].get_array()) for a in figure.axes if a.images]


@pytest.mark.parametrize("shape", [(5, 8, 9), (5, 8, 9, 1), (5, 8, 9, 3)])
def test_images_of_any_form_are_drawn_as_they_are(shape):
    images = RANDOM.randint(0, 256, shape, dtype=np.uint8)
    pictures = drawn(plot_images(images))
    assert len(pictures) == 5
    for picture, image in zip(pictures, images, strict=True):
        np.testing.assert_array_equal(picture, np.broadcast_to(image.reshape(8, 9, -1), (8, 9, 3)))


def test_floats_in_zero_to_one_mean_black_to_white():
    images = np.array([[[0.0, 0.5], [1.0, 0.25]]], dtype=np.float32)
    np.testing.assert_array_equal(drawn(plot_images(images))[0][..., 0], [[0, 128], [255, 64]])


def test_truth_values_are_drawn_black_and_white():
    images = np.array([[[True, False], [False, True]]])
    np.testing.assert_array_equal(drawn(plot_images(images))[0][..., 0], [[255, 0], [0, 255]])


def test_images_are_laid_out_in_rows():
    figure = plot_images(RANDOM.rand(10, 4, 4), columns=4)
    boxes = [a.get_subplotspec() for a in figure.axes if a.images]
    assert [(b.rowspan.start, b.colspan.start) for b in boxes] == [
        (i // 4, i % 4) for i in range(10)
    ]
    assert figure.get_figwidth() == pytest.approx(7)


def test_a_single_image_is_as_large_as_one_of_a_row():
    assert plot_images(RANDOM.rand(1, 4, 4), columns=8).get_figwidth() == pytest.approx(7 / 8)


def test_titles_stand_over_their_images():
    figure = plot_images(RANDOM.rand(3, 4, 4), titles=["a", "b\np = 0.98", 7])
    assert [a.get_title() for a in figure.axes] == ["a", "b\np = 0.98", "7"]


def test_titles_do_not_overlap_their_neighbours():
    titles = [f"triangle\np = 0.{i:02d}" for i in range(16)]
    figure = plot_images(RANDOM.rand(16, 72, 72), titles=titles, columns=8)
    figure.canvas.draw()
    boxes = [a.title.get_window_extent() for a in figure.axes]
    for left, right in pairwise(boxes[:8]):
        assert left.x1 <= right.x0 + 1
    image_boxes = [a.get_window_extent() for a in figure.axes]
    assert all(b.y0 >= i.y1 - 1 for b, i in zip(boxes, image_boxes, strict=True))
    assert all(boxes[i + 8].y1 <= image_boxes[i].y0 + 1 for i in range(8))


def test_a_mark_is_more_than_a_colour():
    figure = plot_images(RANDOM.rand(2, 4, 4), titles=["4", "9"], marked=[False, True])
    plain, marked = figure.axes
    assert plain.get_title() == "4"
    assert marked.get_title() == "✗ 9"
    assert marked.patches[0].get_linewidth() > 2 * plain.patches[0].get_linewidth()
    assert plot_images(RANDOM.rand(1, 4, 4), marked=[True]).axes[0].get_title() == "✗"


@pytest.mark.parametrize(
    ("images", "options", "said"),
    [
        (RANDOM.rand(4, 4), {}, r"image\[None\]"),
        (RANDOM.rand(2, 4, 4, 2), {}, r"\(N, H, W, 3\)"),
        (np.zeros((0, 4, 4)), {}, r"shape \(0, 4, 4\)"),
        (RANDOM.rand(2, 4, 4) * 255, {}, r"Divide 0\.\.255 by 255"),
        (np.full((2, 4, 4), np.nan), {}, r"floats in \[0, 1\]"),
        (np.ones((2, 4, 4), dtype=np.int64), {}, "uint8"),
        (RANDOM.rand(2, 4, 4), {"titles": ["a"]}, "titles must be a list of 2 texts"),
        (RANDOM.rand(2, 4, 4), {"columns": 0}, "columns must be"),
        (RANDOM.rand(2, 4, 4), {"marked": [True]}, "marked must hold 2"),
    ],
)
def test_what_does_not_fit_is_refused(images, options, said):
    with pytest.raises((TypeError, ValueError), match=said):
        plot_images(images, **options)
    assert plt.get_fignums() == []


def test_weights_share_one_symmetric_scale():
    kernel = RANDOM.randn(16, 3) - 1.0
    figure = plot_weights(kernel, titles=["a", "b", "c"])
    shown = [a for a in figure.axes if a.get_title()]
    limit = abs(kernel).max()
    for index, axes in enumerate(shown):
        assert axes.images[0].get_clim() == pytest.approx((-limit, limit))
        np.testing.assert_allclose(axes.images[0].get_array(), kernel[:, index].reshape(4, 4))
    colour_bar = figure.axes[-1]
    assert colour_bar.get_ylabel() == "weight"
    assert colour_bar.get_ylim() == pytest.approx((-limit, limit))


def test_zero_is_neutral_and_signs_differ_in_lightness_alike():
    figure = plot_weights(np.array([[[-1.0, 0.0, 1.0]]]))
    image = figure.axes[0].images[0]
    negative, zero, positive = image.cmap(image.norm(np.array([-1.0, 0.0, 1.0])))[:, :3]
    assert zero == pytest.approx([0.97] * 3, abs=0.02)
    assert positive[2] > positive[0]
    assert negative[0] > negative[2]


def test_pictures_are_taken_as_they_are_and_other_shapes_when_told():
    pictures = RANDOM.randn(2, 3, 5)
    np.testing.assert_array_equal(drawn(plot_weights(pictures))[1], pictures[1])
    kernel = RANDOM.randn(15, 2)
    assert drawn(plot_weights(kernel.T.reshape(-1, 3, 5)))[0].shape == (3, 5)


def test_weights_that_are_all_zero_are_drawn():
    assert drawn(plot_weights(np.zeros((4, 2))))[0].sum() == 0


@pytest.mark.parametrize(
    ("weights", "options", "said"),
    [
        (RANDOM.randn(15, 2), {}, "a row for each pixel of a square, but have 15"),
        (RANDOM.randn(15), {}, "weights must have shape"),
        (np.full((4, 2), np.inf), {}, "finite"),
        (RANDOM.randn(4, 2), {"titles": ["a"]}, "titles must be a list of 2 texts"),
        (RANDOM.randn(4, 2), {"columns": 0}, "columns must be"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights, options, said):
    with pytest.raises(ValueError, match=said):
        plot_weights(weights, **options)
    assert plt.get_fignums() == []
