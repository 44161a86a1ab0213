"""Drawn stand-ins: the shapes, dtypes and classes of a real data set, but nothing of its content.

A class can be learned from its drawings, so that losses fall and scores rise, but no number made
from them says anything about the real set.
"""

import os

import numpy as np

from labhelpers.data.fetch.registry import ArraySet
from labhelpers.data.sets.image_data import ImageData

_SEED = 20
_used: list[str] = []

# A digit as lit segments of a seven-segment display, in the order of _SEGMENTS.
_LIT = (
    (1, 1, 1, 0, 1, 1, 1),
    (0, 0, 1, 0, 0, 1, 0),
    (1, 0, 1, 1, 1, 0, 1),
    (1, 0, 1, 1, 0, 1, 1),
    (0, 1, 1, 1, 0, 1, 0),
    (1, 1, 0, 1, 0, 1, 1),
    (1, 1, 0, 1, 1, 1, 1),
    (1, 0, 1, 0, 0, 1, 0),
    (1, 1, 1, 1, 1, 1, 1),
    (1, 1, 1, 1, 0, 1, 1),
)
# Ends of the segments (x, y) in units of half a digit's width and height, y down.
_SEGMENTS = (
    ((-1, -1), (1, -1)),
    ((-1, -1), (-1, 0)),
    ((1, -1), (1, 0)),
    ((-1, 0), (1, 0)),
    ((-1, 0), (-1, 1)),
    ((1, 0), (1, 1)),
    ((-1, 1), (1, 1)),
)


def standin_wanted() -> bool:
    """Says whether data sets shall be drawn and not read.

    Returns:
        True where LABHELPERS_STANDIN is 1 (or true, yes, on) or LABHELPERS_PROFILE is smoke.
    """
    asked = os.environ.get("LABHELPERS_STANDIN", "").strip().lower()
    profile = os.environ.get("LABHELPERS_PROFILE", "").strip().lower()
    return asked in ("1", "true", "yes", "on") or profile == "smoke"


def standins_used() -> tuple[str, ...]:
    """Names the stand-ins that this process has handed out, so that figures can say so."""
    return tuple(_used)


def note_standin(title: str) -> None:
    """Remembers that a stand-in of the data set `title` was handed out, and says it once."""
    if title not in _used:
        _used.append(title)
        print(f"{title}: drawn stand-in data, not the real images. Scores mean nothing.")


def draw_set(spec: ArraySet) -> ImageData:
    """Draws as many images as a data set of arrays has, the same in every process.

    Digits where its images are grey, coloured stripes where they have three channels.
    """
    random = np.random.RandomState(_SEED)
    arrays = []
    for count in (spec.train_count, spec.test_count):
        drawings = min(count, max(200, count // 30))
        labels = random.permutation(np.arange(drawings) % len(spec.classes))
        drawn = (_draw_stripes if len(spec.image_shape) == 3 else _draw_digits)(
            labels, spec.image_shape[0], random
        )
        arrays += _repeat(drawn, labels, count, random)
    note_standin(spec.title)
    return ImageData(
        *arrays,
        classes=spec.classes,
        name=f"{spec.title} (stand-in)",
        source="drawn by labhelpers",
        standin=True,
    )


def _repeat(
    images: np.ndarray, labels: np.ndarray, count: int, random: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Fills a set with its drawings, each time in a new order and moved by up to two pixels."""
    filled = np.empty((count, *images.shape[1:]), np.uint8)
    numbers = np.empty(count, np.int64)
    for start in range(0, count, len(images)):
        order = random.permutation(len(images))[: count - start]
        shift = tuple(random.randint(-2, 3, 2))
        moved = np.roll(images, shift, axis=(1, 2))
        filled[start : start + len(order)] = moved[order]
        numbers[start : start + len(order)] = labels[order]
    return filled, numbers


def _draw_digits(labels: np.ndarray, size_px: int, random: np.random.RandomState) -> np.ndarray:
    """Draws seven-segment digits, slanted, stretched and of uneven stroke: (N, S, S) uint8."""
    count = len(labels)
    half_width, half_height, slant, stroke = (
        random.uniform(low, high, (count, 1, 1)).astype(np.float32)
        for low, high in ((0.14, 0.24), (0.26, 0.36), (-0.25, 0.35), (0.03, 0.065))
    )
    centre = random.uniform(0.46, 0.54, (2, count, 1, 1)).astype(np.float32)
    grid = ((np.arange(size_px) + 0.5) / size_px).astype(np.float32)
    y = grid[None, :, None] - centre[1]
    x = grid[None, None, :] - centre[0] + slant * y
    lit = np.array(_LIT, bool)[labels]
    nearest = np.full((count, size_px, size_px), 9, np.float32)
    for segment, ((x0, y0), (x1, y1)) in enumerate(_SEGMENTS):
        chosen = lit[:, segment]
        w, h = half_width[chosen], half_height[chosen]
        # Distance to an upright or level stroke: how far a point is beyond its ends.
        dx = np.abs(x[chosen] - w * (x0 + x1) / 2) - w * abs(x1 - x0) / 2
        dy = np.abs(y[chosen] - h * (y0 + y1) / 2) - h * abs(y1 - y0) / 2
        distance = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
        nearest[chosen] = np.minimum(nearest[chosen], distance)
    ink = np.clip((stroke - nearest) * size_px + 0.5, 0, 1)
    return (ink * random.uniform(200, 255, (count, 1, 1))).astype(np.uint8)


def _draw_stripes(labels: np.ndarray, size_px: int, random: np.random.RandomState) -> np.ndarray:
    """Draws stripes of a class's slope and warmth in a disk: (N, S, S, 3) uint8."""
    count = len(labels)

    def draw(low: float, high: float, *shape: int) -> np.ndarray:
        return random.uniform(low, high, (count, *shape)).astype(np.float32)

    grid = ((np.arange(size_px) + 0.5) / size_px - 0.5).astype(np.float32)
    x = grid[None, None, :] - draw(-0.12, 0.12, 1, 1)
    y = grid[None, :, None] - draw(-0.12, 0.12, 1, 1)
    slope = (labels % 5)[:, None, None] * np.pi / 5 + draw(-0.2, 0.2, 1, 1)
    along = x * np.cos(slope) + y * np.sin(slope)
    wave = np.sin(along * draw(25, 40, 1, 1) + draw(0, 6.28, 1, 1)) > 0
    inside = np.hypot(x, y) < draw(0.25, 0.42, 1, 1)
    warm = np.where((labels >= 5)[:, None], [0.85, 0.55, 0.25], [0.25, 0.5, 0.85])
    colour = (warm + draw(-0.2, 0.2, 3)).clip(0, 1)[:, None, None, :]
    ground = draw(0.2, 0.8, 1, 1, 3)
    dark = colour * draw(0.2, 0.5, 1, 1, 1)
    image = np.where(inside[..., None], np.where(wave[..., None], colour, dark), ground)
    image = image + random.uniform(-0.08, 0.08, image.shape)
    return (image.clip(0, 1) * 255).astype(np.uint8)
