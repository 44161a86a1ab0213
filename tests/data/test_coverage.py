"""Coverage beside two references: exact clipping of each pixel, and counting of fine samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labhelpers.data.drawn.coverage import cover_polygons, cover_rectangles, make_disk_polygons

HALF_A_255TH = 0.5 / 255 + 1e-6
SIZE_PX = 12
SAMPLES = 48

coordinates = st.one_of(
    st.floats(-6, SIZE_PX + 6, width=32),
    st.integers(-6, SIZE_PX + 6).map(float),
    st.integers(-12, 2 * SIZE_PX).map(lambda half: half / 2 + 1e-9),
)
points = st.tuples(coordinates, coordinates)


def clip(polygon, axis, limit, sign):
    """Keeps the part of a convex polygon where sign * coordinate >= sign * limit."""
    kept = []
    for here, there in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        before, after = sign * (here[axis] - limit), sign * (there[axis] - limit)
        if before >= 0:
            kept.append(here)
        if before * after < 0:
            share = before / (before - after)
            kept.append(tuple(a + share * (b - a) for a, b in zip(here, there, strict=True)))
    return kept


def measure_area(polygon):
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return abs(sum(a[0] * b[1] - a[1] * b[0] for a, b in pairs)) / 2


def cover_by_clipping(polygon):
    """Clips a convex polygon to every pixel, one by one."""
    parts = np.zeros((SIZE_PX, SIZE_PX))
    for row in range(SIZE_PX):
        strip = clip(clip(polygon, 1, row, 1), 1, row + 1, -1)
        for column in range(SIZE_PX):
            parts[row, column] = measure_area(clip(clip(strip, 0, column, 1), 0, column + 1, -1))
    return parts


def cover_by_samples(is_inside):
    """Asks for a fine grid of points whether they are inside, and counts by pixel."""
    place = (np.arange(SIZE_PX * SAMPLES) + 0.5) / SAMPLES
    inside = is_inside(place[None, :], place[:, None]).astype(float)
    return inside.reshape(SIZE_PX, SAMPLES, SIZE_PX, SAMPLES).mean((1, 3))


@settings(max_examples=120, deadline=None)
@given(triangle=st.tuples(points, points, points))
def test_triangles_cover_what_clipping_says(triangle):
    ours = cover_polygons(np.array([triangle, triangle[::-1]]), SIZE_PX) / 255
    reference = cover_by_clipping(list(triangle))
    np.testing.assert_allclose(ours[0], reference, atol=HALF_A_255TH)
    np.testing.assert_allclose(ours[1], reference, atol=HALF_A_255TH)


@pytest.mark.parametrize("width", [2.0, 0.5, 0.02, 1e-6, 0.0])
def test_slivers_keep_their_area(width):
    triangle = [(1.25, 0.5), (10.7, 11.25), (10.7 + width, 11.25)]
    ours = cover_polygons(np.array([triangle]), SIZE_PX)[0] / 255
    np.testing.assert_allclose(ours, cover_by_clipping(triangle), atol=HALF_A_255TH)


def test_triangles_agree_with_many_samples():
    rng = np.random.RandomState(0)
    for triangle in rng.uniform(0, SIZE_PX, (20, 3, 2)):
        a, b, c = triangle

        def is_inside(x, y, a=a, b=b, c=c):
            sides = [
                (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0])
                for p, q in ((a, b), (b, c), (c, a))
            ]
            return np.all([s >= 0 for s in sides], 0) | np.all([s <= 0 for s in sides], 0)

        ours = cover_polygons(triangle[None], SIZE_PX)[0] / 255
        np.testing.assert_allclose(ours, cover_by_samples(is_inside), atol=0.02)


@settings(max_examples=30, deadline=None)
@given(
    x=st.floats(0, SIZE_PX), y=st.floats(0, SIZE_PX), radius=st.floats(0.15 * SIZE_PX, SIZE_PX / 2)
)
def test_disks_agree_with_many_samples(x, y, radius):
    polygons = make_disk_polygons(np.array([[x, y]]), np.array([radius]), size_px=SIZE_PX)
    ours = cover_polygons(polygons, SIZE_PX)[0] / 255
    reference = cover_by_samples(lambda px, py: (px - x) ** 2 + (py - y) ** 2 <= radius**2)
    np.testing.assert_allclose(ours, reference, atol=0.02)


@pytest.mark.parametrize("size_px", [8, 72, 500])
def test_disk_polygons_keep_to_the_circle_and_its_area(size_px):
    radius = size_px / 2
    corners = make_disk_polygons(np.zeros((1, 2)), np.array([radius]), size_px=size_px)[0]
    middles = (corners + np.roll(corners, 1, 0)) / 2
    for points_near in (corners, middles):
        np.testing.assert_allclose(np.hypot(*points_near.T), radius, atol=0.02)
    assert measure_area([tuple(c) for c in corners]) == pytest.approx(np.pi * radius**2)


@settings(max_examples=60, deadline=None)
@given(corner=points, width=st.floats(0, 12), height=st.floats(0, 12))
def test_rectangles_are_exact(corner, width, height):
    left, top = corner
    box = (left, top, left + width, top + height)
    ours = cover_rectangles(np.array([box]), SIZE_PX)[0] / 255
    x = np.clip([[box[0]], [box[2]]], np.arange(SIZE_PX), np.arange(1, SIZE_PX + 1))
    y = np.clip([[box[1]], [box[3]]], np.arange(SIZE_PX), np.arange(1, SIZE_PX + 1))
    exact = np.outer(y[1] - y[0], x[1] - x[0])
    np.testing.assert_allclose(ours, exact, atol=HALF_A_255TH)


def test_a_rectangle_is_the_same_as_a_polygon():
    box = (1.3, 2.75, 9.1, 10.2)
    polygon = [(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]
    as_box = cover_rectangles(np.array([box]), SIZE_PX).astype(int)
    as_polygon = cover_polygons(np.array([polygon]), SIZE_PX).astype(int)
    # A tenth of a pixel is 25.5: what lies on the half may be rounded either way.
    np.testing.assert_allclose(as_box, as_polygon, atol=1)


def test_a_polygon_around_the_frame_covers_all_and_one_beside_it_nothing():
    around = [(-5.0, -5.0), (40.0, -5.0), (-5.0, 40.0)]
    beside = [[(-9.0, 1.0), (-1.0, 3.0), (-4.0, 8.0)], [(13.0, 1.0), (15.0, 3.0), (14.0, 8.0)]]
    assert (cover_polygons(np.array([around]), SIZE_PX) == 255).all()
    assert (cover_polygons(np.array(beside), SIZE_PX) == 0).all()
