"""Pictures of a filled square, disk or triangle, drawn as fast as a network can take them.

A seed draws the same pictures on every NumPy and CPU, and the first n of a larger set are the set
of n. The same seed with another `noise` (0 too) shows the same shapes.
"""

from collections.abc import Iterator

import numpy as np

from labhelpers.arguments import (
    check_choice,
    check_choices,
    check_count,
    check_flag,
    check_images,
    check_number,
    check_seed,
    say_wrong,
)
from labhelpers.data.drawn.outlines import KINDS, Outlines, draw_outlines
from labhelpers.data.streams import Stream, cut_into_parts

_DTYPES = ("float32", "uint8")
_SMALLEST_PX = 8
_LARGEST_NOISE = 1e6
# Pixels worked on at once: small enough for a core's cache, large enough for NumPy.
_PIXELS_AT_ONCE = 1 << 18


def make_shapes(
    count: int,
    *,
    kinds: tuple[str, ...] = KINDS,
    free: bool = False,
    noise: float = 20.0,
    size_px: int = 72,
    seed: int,
    dtype: str = "float32",
) -> tuple[np.ndarray, np.ndarray]:
    """Draw labelled pictures of one shape each; every kind is equally likely.

    Args:
        count: Number of pictures N.
        kinds: The kinds to draw, some of "square", "disk", "triangle".
        free: Whether shapes lie anywhere and of any form, or centred.
        noise: Amplitude of the uniform noise, in grey values of 255.
        size_px: Height and width in px, at least 8.
        seed: A whole number of at least 0.
        dtype: "float32" for [0, 1], or "uint8" for the same times 255, rounded.

    Returns:
        Images (N, size_px, size_px, 1), and labels (N,) int64: places in `kinds`.

    Raises:
        TypeError, ValueError: If an argument is of the wrong type, unknown or out of bounds.

    Example:
        >>> images, labels = make_shapes(300, seed=0)
        >>> images.shape, labels.shape
        ((300, 72, 72, 1), (300,))
    """
    plan = _Plan(count, kinds, free, size_px, seed, dtype)
    noise = check_number("noise", noise, at_most=_LARGEST_NOISE)
    images = plan.make_empty_images()
    labels = np.empty(plan.count, np.int64)
    stream = Stream(plan.seed, "noise")
    for part, outlines in plan.draw_parts():
        labels[part] = outlines.labels
        _write_noisy(images[part], outlines.draw(plan.size_px), noise, stream)
    return images, labels


def make_triangles(
    count: int,
    *,
    free: bool = True,
    noise: float = 20.0,
    size_px: int = 72,
    seed: int,
    dtype: str = "float32",
) -> tuple[np.ndarray, np.ndarray]:
    """Draw triangles, and say where their corners are.

    The pictures are those of `make_shapes` with kinds=("triangle",) and the same seed.

    Args:
        count: Number of pictures N.
        free: Whether the corners lie anywhere, or the triangle stands centred.
        noise: Amplitude of the uniform noise, in grey values of 255.
        size_px: Height and width in px, at least 8.
        seed: A whole number of at least 0.
        dtype: "float32" for [0, 1], or "uint8" for the same times 255, rounded.

    Returns:
        Images (N, size_px, size_px, 1), and corners (N, 3, 2) float32 in px, in the order drawn:
        (x, y), y down, the centre of the first pixel at (0.5, 0.5).

    Raises:
        TypeError, ValueError: If an argument is of the wrong type, unknown or out of bounds.
    """
    plan = _Plan(count, ("triangle",), free, size_px, seed, dtype)
    noise = check_number("noise", noise, at_most=_LARGEST_NOISE)
    images = plan.make_empty_images()
    vertices = np.empty((plan.count, 3, 2), np.float32)
    stream = Stream(plan.seed, "noise")
    for part, outlines in plan.draw_parts():
        vertices[part] = outlines.make_triangles() * plan.size_px
        _write_noisy(images[part], outlines.draw(plan.size_px), noise, stream)
    return images, vertices


def make_denoising_pairs(
    count: int,
    *,
    kinds: tuple[str, ...] = KINDS,
    free: bool = True,
    noise: float | tuple[float, float] = 100.0,
    size_px: int = 72,
    seed: int,
    dtype: str = "float32",
) -> tuple[np.ndarray, np.ndarray]:
    """Draw pictures twice: with noise and without.

    Args:
        count: Number of pairs N.
        kinds: The kinds to draw, some of "square", "disk", "triangle".
        free: Whether shapes lie anywhere and of any form, or centred.
        noise: Amplitude of the uniform noise, in grey values of 255; two numbers (low, high) draw
            each picture's amplitude uniformly between them.
        size_px: Height and width in px, at least 8.
        seed: A whole number of at least 0.
        dtype: "float32" for [0, 1], or "uint8" for the same times 255, rounded.

    Returns:
        Noisy and clean images, (N, size_px, size_px, 1) each. Clean ones are 0 inside the shape and
        1 (255) outside; noisy ones are squeezed into the range by the report's scaling.

    Raises:
        TypeError, ValueError: If an argument is of the wrong type, unknown or out of bounds.
    """
    plan = _Plan(count, kinds, free, size_px, seed, dtype)
    low, high = _check_noise_range(noise)
    noisy, clean = plan.make_empty_images(), plan.make_empty_images()
    stream = Stream(plan.seed, "noise")
    for part, outlines in plan.draw_parts():
        greys = outlines.draw(plan.size_px)
        _write_clean(clean[part], greys)
        _write_noisy(noisy[part], greys, low + (high - low) * outlines.levels, stream)
    return noisy, clean


def measure_shape_sizes(clean_images: np.ndarray) -> np.ndarray:
    """Count the visible pixels of each shape: those that it covers by half or more.

    Noise hides what is to be counted. Draw the pictures once more with noise=0, all else the same:
    the shapes are the same.

    Args:
        clean_images: (N, H, W) or (N, H, W, 1) without noise, float in [0, 1] or uint8.

    Returns:
        (N,) int64, in px.

    Raises:
        TypeError, ValueError: If type, shape or range are not possible.

    Example:
        >>> noisy, labels = make_shapes(100, free=True, noise=20, seed=3)
        >>> clean, _ = make_shapes(100, free=True, noise=0, seed=3)
        >>> large = noisy[measure_shape_sizes(clean) >= 60]
    """
    images = check_images(
        "clean_images", clean_images, channels=(1,), way_on="Give one channel: images[..., :1]."
    )
    half = 127 if images.dtype == np.uint8 else 0.5
    return np.count_nonzero(images.reshape(len(images), -1) <= half, axis=1)


class _Plan:
    """The checked arguments that all drawings share."""

    def __init__(
        self,
        count: object,
        kinds: object,
        free: object,
        size_px: object,
        seed: object,
        dtype: object,
    ) -> None:
        self.count = check_count("count", count)
        self.kinds = check_choices("kinds", kinds, KINDS)
        self.free = check_flag("free", free)
        self.size_px = check_count("size_px", size_px, at_least=_SMALLEST_PX)
        self.seed = check_seed(seed)
        self.dtype = check_choice("dtype", dtype, _DTYPES)

    def make_empty_images(self) -> np.ndarray:
        """Make the array that the pictures are written into."""
        return np.empty((self.count, self.size_px, self.size_px, 1), self.dtype)

    def draw_parts(self) -> Iterator[tuple[slice, Outlines]]:
        """Draw the outlines of a few shapes at a time, with their places among all."""
        stream = Stream(self.seed, "shapes")
        for part in cut_into_parts(self.count, self.size_px**2, _PIXELS_AT_ONCE):
            count = part.stop - part.start
            yield part, draw_outlines(count, kinds=self.kinds, free=self.free, stream=stream)


def _check_noise_range(noise: object) -> tuple[float, float]:
    if not isinstance(noise, tuple | list):
        level = check_number("noise", noise, at_most=_LARGEST_NOISE)
        return level, level
    if len(noise) != 2:
        raise ValueError(say_wrong("noise", "a number or a pair (low, high)", noise))
    low = check_number("noise[0]", noise[0], at_most=_LARGEST_NOISE)
    return low, check_number("noise[1]", noise[1], at_least=low, at_most=_LARGEST_NOISE)


def _write_clean(images: np.ndarray, greys: np.ndarray) -> None:
    """Write grey values (n, S, S) into images (n, S, S, 1)."""
    if images.dtype == np.uint8:
        images[..., 0] = greys
    else:
        np.divide(greys, np.float32(255), out=images[..., 0], dtype=np.float32)


def _write_noisy(
    images: np.ndarray, greys: np.ndarray, noise: float | np.ndarray, stream: Stream
) -> None:
    """Add noise to grey values (n, S, S) and write them into images (n, S, S, 1).

    (x + noise u + noise) / (255 + 2 noise) with u uniform in [0, 1). All sums are float32 and in
    one order, so that they are the same bits everywhere and never leave [0, 1].
    """
    if np.ndim(noise) == 0 and noise == 0:
        _write_clean(images, greys)
        return
    amplitude = np.reshape(np.asarray(noise, np.float32), (-1, 1, 1))
    shorts = stream.draw_shorts(len(greys), greys[0].size).reshape(greys.shape)
    rounded = images.dtype == np.uint8
    pixels = np.empty(greys.shape, np.float32) if rounded else images[..., 0]
    np.multiply(shorts, amplitude * np.float32(2**-16), out=pixels)
    pixels += amplitude
    pixels += greys
    pixels /= np.float32(255) + amplitude + amplitude
    if rounded:
        pixels *= np.float32(255)
        images[..., 0] = np.rint(pixels, out=pixels)
