"""How much of each pixel a shape covers: exact areas, rounded to 255ths.

The arithmetic is + - * / and square roots in a fixed order, which every CPU rounds alike: the same
shape gives the same pixels everywhere.
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np

# Edges flatter than this many px a column are tilted to it, which moves no area by more.
_FLATTEST_PX = 1e-7
# Steps from pixel to pixel are kept in whole numbers of 1 / 65,536 of a 255th, so that running sums
# of them are exact.
_FRACTION_BITS = 16
_WHOLE = 255 << _FRACTION_BITS


def cover_rectangles(boxes: np.ndarray, size_px: int) -> np.ndarray:
    """Measure the part of each pixel that lies in a rectangle along the axes.

    `boxes` are (N, 4): left <= right and top <= bottom in px, as left, top, right, bottom, y down.
    Returns (N, size_px, size_px) uint8 in 255ths of a pixel.
    """
    start = np.arange(size_px, dtype=np.float64)
    near, far = boxes[:, :2, None], boxes[:, 2:, None]
    inside = np.minimum(far, start + 1) - np.maximum(near, start)
    across, down = np.moveaxis(np.maximum(inside, 0), 1, 0)
    parts = (255 * down)[:, :, None] * across[:, None, :]
    return np.rint(parts, out=parts).astype(np.uint8)


def cover_polygons(vertices: np.ndarray, size_px: int) -> np.ndarray:
    """Measure the part of each pixel that lies in a polygon.

    Each edge is cut at the columns of pixels. Within a column, a piece of edge covers all that is
    below it, and of the pixels that it crosses the part below it; pieces that go right count
    positive, pieces that go left negative, so what lies outside cancels. Only the *steps* from one
    pixel to the next below are noted, at the few pixels that the edge crosses; running sums down
    the columns then fill the inside. Edges may leave the picture: what is outside is cut off.

    `vertices` are (N, V, 2) corners (x, y) in px, y down, going round either way; the edges of one
    polygon may not cross. Returns (N, size_px, size_px) uint8 in 255ths of a pixel.
    """
    polygons, corners, _ = vertices.shape
    x, y = vertices[..., 0], vertices[..., 1]
    x_next, y_next = np.roll(x, -1, axis=1).ravel(), np.roll(y, -1, axis=1).ravel()
    x, y = x.ravel(), y.ravel()

    # Edges, cut at the columns of pixels.
    left = np.clip(np.minimum(x, x_next), 0, size_px)
    right = np.clip(np.maximum(x, x_next), 0, size_px)
    first_column = np.floor(left)
    columns = np.where(right > left, np.ceil(right) - first_column, 0).astype(np.int64)
    run = x_next - x
    slope = (y_next - y) / np.where(run == 0, 1, run)
    edge, step = _spread(columns)
    column = first_column[edge] + step
    start, end = np.maximum(column, left[edge]), np.minimum(column + 1, right[edge])
    width = np.copysign(end - start, run[edge])
    x, y, slope = x[edge], y[edge], slope[edge]
    y_start, y_end = y + (start - x) * slope, y + (end - x) * slope
    top = np.minimum(y_start, y_end)
    height = np.maximum(np.abs(y_start - y_end), _FLATTEST_PX)
    line = (edge // corners) * size_px + column.astype(np.int64)

    # Pieces of edge, cut at the pixels: the part of each pixel below the piece.
    first_row = np.floor(top)
    rows = (np.floor(top + height) - first_row).astype(np.int64) + 2
    piece, step = _spread(rows)
    row = first_row[piece] + step
    reach = row + 1 - top[piece]
    part = _integrate_ramp(reach) - _integrate_ramp(reach - height[piece])
    part *= (width / height * _WHOLE)[piece]
    part = np.rint(part, out=part).astype(np.int32)
    steps = part.copy()
    steps[1:] -= np.where(step[1:] == 0, 0, part[:-1])

    # Steps above the picture act on its first row, those below it nowhere: the last, additional
    # row takes them. Rows of all polygons lie side by side, so that each sum is one long one.
    row = np.clip(row, 0, size_px).astype(np.int64)
    sums = np.zeros((size_px + 1, polygons * size_px), np.int32)
    np.add.at(sums.reshape(-1), row * (polygons * size_px) + line[piece], steps)
    sums = sums[:size_px]
    for above, here in pairwise(sums):
        here += above
    np.abs(sums, out=sums)
    sums += 1 << (_FRACTION_BITS - 1)
    sums >>= _FRACTION_BITS
    return sums.astype(np.uint8).reshape(size_px, polygons, size_px).transpose(1, 0, 2)


def make_disk_polygons(centres: np.ndarray, radii: np.ndarray, *, size_px: int) -> np.ndarray:
    """Make polygons (N, V, 2) of the disks' areas exactly, at most 0.01 px from the disks.

    Centres are (N, 2) and radii (N,) in px, up to size_px / 2; V grows with `size_px`.
    """
    # The chord of a circle of radius r and n corners lies r (pi / n)^2 / 2 inside it: the corners
    # are put half of that outside, so 0.02 px here are 0.01 px either way.
    corners = 4
    while size_px / 2 * (np.pi / corners) ** 2 / 2 > 0.02:
        corners *= 2
    return centres[:, None, :] + radii[:, None, None] * _make_unit_polygon(corners)


@lru_cache
def _make_unit_polygon(corners: int) -> np.ndarray:
    """Make a regular polygon of area pi, its corners a power of two, without sines."""
    points = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    while len(points) < corners:
        between = points + np.roll(points, -1, axis=0)
        between /= np.sqrt(between[:, :1] * between[:, :1] + between[:, 1:] * between[:, 1:])
        points = np.stack([points, between], axis=1).reshape(-1, 2)
    # The triangle between two corners and the centre has half the area of their cross product.
    (x0, y0), (x1, y1) = points[0], points[1]
    points *= np.sqrt(np.pi / (corners / 2 * (x0 * y1 - x1 * y0)))
    points.setflags(write=False)
    return points


def _spread(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number the parts of things that have `counts` parts each: whose part, and which."""
    owner = np.repeat(np.arange(len(counts)), counts)
    start = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - start[owner]


def _integrate_ramp(reach: np.ndarray) -> np.ndarray:
    """Integrate clip(t, 0, 1) from 0 to `reach`."""
    ramp = np.clip(reach, 0, 1)
    return ramp * (reach - ramp / 2)
