import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labhelpers.data import make_triangles
from labhelpers.insight import measure_triangle_overlaps, measure_vertex_errors

HALF = np.array([[[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]]])
seeds = st.integers(0, 10_000)


def draw_corners(seed, count=20):
    return np.random.RandomState(seed).uniform(0, 72, size=(count, 3, 2))


def shuffle_corners(corners, seed):
    stream = np.random.RandomState(seed)
    return np.stack([triangle[stream.permutation(3)] for triangle in corners])


def count_overlaps(a, b, points_a_side=600):
    """The same measure by counting: points of a grid inside each triangle."""
    ticks = (np.arange(points_a_side) + 0.5) * 72 / points_a_side
    x, y = np.meshgrid(ticks, ticks)

    def fill(triangle):
        sides = []
        for p, q in zip(triangle, np.roll(triangle, -1, axis=0), strict=True):
            sides.append((q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]))
        sides = np.array(sides)
        return (sides >= 0).all(axis=0) | (sides <= 0).all(axis=0)

    filled = [(fill(p), fill(q)) for p, q in zip(a, b, strict=True)]
    return np.array([(p & q).sum() / max((p | q).sum(), 1) for p, q in filled])


@settings(max_examples=25, deadline=None)
@given(seeds, seeds)
def test_the_order_of_corners_never_counts(seed, shuffle):
    a, b = draw_corners(seed), draw_corners(seed + 1)
    for measure in (measure_vertex_errors, measure_triangle_overlaps):
        np.testing.assert_allclose(measure(shuffle_corners(a, shuffle), b), measure(a, b))
        np.testing.assert_allclose(measure(b, a), measure(a, b))


@settings(max_examples=25, deadline=None)
@given(seeds, seeds)
def test_the_right_answer_in_any_order_is_perfect(seed, shuffle):
    right = draw_corners(seed)
    answer = shuffle_corners(right, shuffle)
    np.testing.assert_allclose(measure_vertex_errors(answer, right), 0.0, atol=1e-12)
    np.testing.assert_allclose(measure_triangle_overlaps(answer, right), 1.0, atol=1e-9)


def test_the_vertex_error_is_the_mean_distance_of_matched_corners():
    moved = HALF + np.array([[3.0, 4.0], [0.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(measure_vertex_errors(moved, HALF), [2.0])


def test_the_vertex_error_takes_the_best_of_all_six_matchings():
    # Each corner's nearest neighbour is the same one: they cannot all have it.
    found = np.array([[[0.0, 0.0], [0.0, 1.0], [0.0, 2.0]]])
    right = np.array([[[0.0, 0.0], [50.0, 0.0], [0.0, 40.0]]])
    every = [
        np.hypot(*(found[0][[i, j, k]] - right[0]).T).mean()
        for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    ]
    np.testing.assert_allclose(measure_vertex_errors(found, right), [min(every)])


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (HALF / 2, 1 / 4),  # inside, sharing a corner and two edges
        (HALF + 4.0, 0.0),  # touching along an edge's middle
        (HALF + 100.0, 0.0),  # far away
        (8.0 - HALF, 0.0),  # the square's other half, sharing the long edge
        (HALF * [1.0, 0.5], 1 / 2),  # sharing the lower edge
        (HALF * [1.0, -1.0], 0.0),  # mirrored at the lower edge
        (HALF * [[[0.0, 0.0]]], 0.0),  # a single point
    ],
)
def test_overlaps_known_by_hand(other, overlap):
    np.testing.assert_allclose(measure_triangle_overlaps(other, HALF), [overlap], atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_overlaps_are_those_that_counting_finds(seed):
    a = draw_corners(seed, count=6)
    b = 0.8 * a + 0.2 * draw_corners(seed + 1, count=6)
    counted = count_overlaps(a, b)
    np.testing.assert_allclose(measure_triangle_overlaps(a, b), counted, atol=0.05)


def test_the_drawn_corners_lie_where_the_picture_is_black():
    clean, corners = make_triangles(50, noise=0.0, seed=3)
    ink = (1.0 - clean).sum(axis=(1, 2, 3))
    a, b, c = np.moveaxis(corners.astype(float), 1, 0)
    areas = abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    np.testing.assert_allclose(ink, areas, atol=2.0)


@pytest.mark.parametrize("measure", [measure_vertex_errors, measure_triangle_overlaps])
def test_other_arrays_are_refused_with_what_to_do(measure):
    with pytest.raises(ValueError, match=r"reshape\(-1, 3, 2\)"):
        measure(np.zeros((4, 6)), np.zeros((4, 3, 2)))
    with pytest.raises(ValueError, match="as many as true_vertices"):
        measure(np.zeros((4, 3, 2)), np.zeros((5, 3, 2)))
    with pytest.raises(ValueError, match="diverge"):
        measure(np.full((1, 3, 2), np.nan), np.zeros((1, 3, 2)))
