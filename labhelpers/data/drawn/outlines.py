"""Where the drawn shapes lie, and how large they are, as in the lab that first used the pictures.

With u uniform in [0, 1), a centred square has the side 0.3 + 0.7 u, a disk that diameter, and a
triangle that base and height. Free squares are rectangles between four uniform numbers, free
triangles have three uniform corners, and of free disks a part may lie outside. Outlines come in the
unit frame, y down.
"""

from dataclasses import dataclass

import numpy as np

from labhelpers.data.drawn.coverage import cover_polygons, cover_rectangles, make_disk_polygons
from labhelpers.data.streams import Stream, to_choices, to_uniforms

KINDS = ("square", "disk", "triangle")
# Words of 64 bits drawn for each shape: its kind, six uniform numbers, its noise level.
_WORDS_PER_SHAPE = 8


@dataclass(frozen=True)
class Outlines:
    """The random numbers of n shapes, and the outlines that they stand for."""

    kinds: tuple[str, ...]  # that `labels` count
    free: bool  # whether the shapes lie anywhere, or centred
    labels: np.ndarray  # (n,) int64
    uniforms: np.ndarray  # (n, 6), the numbers that place each
    levels: np.ndarray  # (n,), each picture's place in a range of noise

    def draw(self, size_px: int) -> np.ndarray:
        """Draw the shapes in black on white: (n, size_px, size_px) uint8 grey values."""
        greys = np.empty((len(self.labels), size_px, size_px), np.uint8)
        for label, kind in enumerate(self.kinds):
            chosen = np.flatnonzero(self.labels == label)
            if not len(chosen):
                continue
            greys[chosen] = 255 - self._take(chosen)._cover(kind, size_px)
        return greys

    def _cover(self, kind: str, size_px: int) -> np.ndarray:
        if kind == "square":
            return cover_rectangles(self.make_boxes() * size_px, size_px)
        if kind == "disk":
            centres, radii = self.make_disks()
            polygons = make_disk_polygons(centres * size_px, radii * size_px, size_px=size_px)
            return cover_polygons(polygons, size_px)
        return cover_polygons(self.make_triangles() * size_px, size_px)

    def make_boxes(self) -> np.ndarray:
        """Make squares: (n, 4) left, top, right, bottom, y down."""
        if self.free:
            y, x = 1 - self.uniforms[:, 0:2], self.uniforms[:, 2:4]
            sides = (x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1))
            return np.stack(sides, axis=1)
        half = self._get_half_sizes()
        return np.stack([0.5 - half, 0.5 - half, 0.5 + half, 0.5 + half], axis=1)

    def make_disks(self) -> tuple[np.ndarray, np.ndarray]:
        """Make disks: centres (n, 2), y down, and radii (n,)."""
        if self.free:
            x, y = self.uniforms[:, 1], self.uniforms[:, 2]
            return np.stack([x, 1 - y], axis=1), self._get_half_sizes()
        return np.full((len(self.labels), 2), 0.5), self._get_half_sizes()

    def make_triangles(self) -> np.ndarray:
        """Make triangles: corners (n, 3, 2), y down."""
        if self.free:
            x, y = self.uniforms[:, 0::2], self.uniforms[:, 1::2]
            return np.stack([x, 1 - y], axis=2)
        half = self._get_half_sizes()
        directions = np.array([[0.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
        return 0.5 + half[:, None, None] * directions

    def _get_half_sizes(self) -> np.ndarray:
        return (0.3 + 0.7 * self.uniforms[:, 0]) / 2

    def _take(self, chosen: np.ndarray) -> "Outlines":
        numbers = (self.labels[chosen], self.uniforms[chosen], self.levels[chosen])
        return Outlines(self.kinds, self.free, *numbers)


def draw_outlines(count: int, *, kinds: tuple[str, ...], free: bool, stream: Stream) -> Outlines:
    """Draw the numbers of the next shapes of a stream, as many for each, whatever its kind.

    `kinds` are some of `KINDS`, each equally likely; the stream moves on by `count` shapes.
    """
    words = stream.draw_words(count * _WORDS_PER_SHAPE).reshape(count, _WORDS_PER_SHAPE)
    labels = to_choices(words[:, 0], len(kinds))
    uniforms = to_uniforms(words[:, 1:])
    return Outlines(kinds, free, labels, uniforms[:, :6], uniforms[:, 6])
