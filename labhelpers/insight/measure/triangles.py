"""How far a found triangle is from the right one."""

from itertools import permutations

import numpy as np

_ORDERS = np.array(list(permutations(range(3))))


def measure_vertex_errors(vertices: np.ndarray, true_vertices: np.ndarray) -> np.ndarray:
    """Measures the mean distance of corners from the right ones, under the best of six matchings.

    A triangle has no first corner, so neither answer's order counts.

    Args:
        vertices: (N, 3, 2) the corners found, in px.
        true_vertices: (N, 3, 2) the right ones.

    Returns:
        (N,) float64, in px.

    Raises:
        ValueError: If a shape is another, or a number is not finite.

    Example:
        >>> right = np.array([[[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]]])
        >>> measure_vertex_errors(right[:, ::-1] + [0.0, 2.0], right)
        array([2.])
    """
    found, right = _check_pair(vertices, true_vertices)
    gaps = found[:, _ORDERS] - right[:, None]
    return np.hypot(gaps[..., 0], gaps[..., 1]).mean(axis=2).min(axis=1)


def measure_triangle_overlaps(vertices: np.ndarray, true_vertices: np.ndarray) -> np.ndarray:
    """Measures the area that two triangles share, over the area that they cover together (IoU).

    The areas are exact, not counted in pixels. Two triangles without any area share nothing.

    The boundary of what they share is made of the pieces of each triangle's edges that lie in the
    other; its area is the sum of x dy - y dx along these pieces, halved (Green's theorem).

    Args:
        vertices: (N, 3, 2) corners, in any order.
        true_vertices: (N, 3, 2) corners of the others, in any order.

    Returns:
        (N,) float64 in [0, 1].

    Raises:
        ValueError: If a shape is another, or a number is not finite.

    Example:
        >>> square_half = np.array([[[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]])
        >>> measure_triangle_overlaps(square_half, square_half / 2)
        array([0.25])
    """
    first, second = _check_pair(vertices, true_vertices)
    # Far from the origin the sums would lose digits.
    middle = second.mean(axis=1, keepdims=True)
    first, second = _turn_one_way(first - middle), _turn_one_way(second - middle)
    # An edge that both have in common belongs to the first alone.
    shared = _integrate_inside(first, second, keep_common=True)
    shared += _integrate_inside(second, first, keep_common=False)
    areas = _measure_areas(first), _measure_areas(second)
    shared = np.clip(shared, 0.0, np.minimum(*areas))
    together = areas[0] + areas[1] - shared
    return np.divide(shared, together, out=np.zeros(len(first)), where=together > 0)


def _integrate_inside(edges_of: np.ndarray, within: np.ndarray, *, keep_common: bool) -> np.ndarray:
    """Integrates (x dy - y dx) / 2 along the part of each triangle's edges inside the other."""
    start, step = edges_of, np.roll(edges_of, -1, axis=1) - edges_of
    corner, side = within, np.roll(within, -1, axis=1) - within
    # Distance from side j of a point of edge i at t in [0, 1]: height[i, j] + t slope[i, j].
    height = _cross(side[:, None, :], start[:, :, None] - corner[:, None, :])
    slope = _cross(side[:, None, :], step[:, :, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = -height / slope
    enters = np.where(slope > 0, crossing, -np.inf).max(axis=2)
    leaves = np.where(slope < 0, crossing, np.inf).min(axis=2)
    outside = (slope == 0) & ((height < 0) if keep_common else (height <= 0))
    length = np.minimum(leaves, 1.0) - np.maximum(enters, 0.0)
    length = np.where(outside.any(axis=2), 0.0, np.maximum(length, 0.0))
    # Along a straight edge x dy - y dx is the same everywhere.
    return (length * _cross(start, step)).sum(axis=1) / 2


def _turn_one_way(triangles: np.ndarray) -> np.ndarray:
    """Orders each triangle's corners so that its area counts positive."""
    negative = _measure_areas(triangles) < 0
    return np.where(negative[:, None, None], triangles[:, ::-1], triangles)


def _measure_areas(triangles: np.ndarray) -> np.ndarray:
    a, b, c = np.moveaxis(triangles, 1, 0)
    return _cross(b - a, c - a) / 2


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def _check_pair(vertices: np.ndarray, true_vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = _check_corners("vertices", vertices)
    right = _check_corners("true_vertices", true_vertices)
    if len(found) != len(right):
        raise ValueError(
            f"vertices must be as many as true_vertices, {len(right):,} triangles, but are "
            f"{len(found):,}. Measure the images that were predicted."
        )
    return found, right


def _check_corners(name: str, corners: np.ndarray) -> np.ndarray:
    corners = np.asarray(corners, dtype=np.float64)
    if corners.ndim != 3 or corners.shape[1:] != (3, 2):
        raise ValueError(
            f"{name} must have shape (N, 3, 2), three corners (x, y) a triangle, but have shape "
            f"{corners.shape}. Six numbers in a row become corners by .reshape(-1, 3, 2)."
        )
    if not np.isfinite(corners).all():
        raise ValueError(
            f"{name} must be finite, but hold NaN or infinity. Did the training diverge?"
        )
    return corners
