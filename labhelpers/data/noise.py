"""Noise for pictures: Gaussian, salt and pepper.

Amounts are in units of the range (1 is the way from black to white, whatever the dtype). A seed
draws the same noise on every NumPy, and the same for a picture however many follow.
"""

import numpy as np

from labhelpers.arguments import check_images, check_number, check_seed
from labhelpers.data.streams import Stream, cut_into_parts

# Values worked on at once: small enough for a core's cache, large enough for NumPy.
_VALUES_AT_ONCE = 1 << 17
_LARGEST_NOISE = 1e6


def add_gaussian_noise(images: np.ndarray, deviation: float, *, seed: int) -> np.ndarray:
    """Add to each value a number drawn from a normal distribution around 0, then clip.

    Args:
        images: (N, H, W) or (N, H, W, C), uint8 or floats in [0, 1].
        deviation: The standard deviation, at least 0, in units of the range.
        seed: A whole number of at least 0.

    Returns:
        New images of the same shape, dtype and range. Values that would leave the range are clipped
        to its ends, so the measured deviation of the noise is smaller near black and white.

    Raises:
        TypeError, ValueError: If an argument is of the wrong type, rank or range.
    """
    images = check_images("images", images)
    deviation = check_number("deviation", deviation, at_most=_LARGEST_NOISE)
    stream = Stream(check_seed(seed), "gaussian noise")
    white = 255 if images.dtype == np.uint8 else 1
    result = np.empty(images.shape, images.dtype)
    flat, flat_result = images.reshape(len(images), -1), result.reshape(len(images), -1)
    for part in cut_into_parts(len(images), images[0].size, _VALUES_AT_ONCE):
        noise = stream.draw_normals(flat[part].size).astype(np.float32)
        noise *= np.float32(deviation)
        noise *= np.float32(white)
        noise = noise.reshape(flat[part].shape) + flat[part]
        np.clip(noise, 0, white, out=noise)
        flat_result[part] = np.rint(noise) if images.dtype == np.uint8 else noise
    return result


def add_salt_and_pepper(images: np.ndarray, amount: float, *, seed: int) -> np.ndarray:
    """Replace each pixel with probability `amount`: half of those by black, half by white.

    A pixel is replaced as a whole: all channels of (N, H, W, C) at once.

    Args:
        images: (N, H, W) or (N, H, W, C), uint8 or floats in [0, 1].
        amount: The share of pixels replaced, from 0 to 1 (kept to 1 / 65,536).
        seed: A whole number of at least 0.

    Returns:
        New images of the same shape, dtype and range.

    Raises:
        TypeError, ValueError: If an argument is of the wrong type, rank or range.
    """
    images = check_images("images", images)
    amount = check_number("amount", amount, at_most=1.0)
    stream = Stream(check_seed(seed), "salt and pepper")
    # Of 65,536 numbers, the lowest mean pepper (black), the next salt, all others neither.
    replaced = round(amount * 2**16)
    pepper = replaced // 2
    white = 255 if images.dtype == np.uint8 else 1
    result = images.copy()
    pixels = result.reshape(len(images), images.shape[1] * images.shape[2], -1)
    for part in cut_into_parts(len(images), images[0].size, _VALUES_AT_ONCE):
        drawn = stream.draw_shorts(*pixels[part].shape[:2])
        pixels[part][drawn < pepper] = 0
        pixels[part][(drawn >= pepper) & (drawn < replaced)] = white
    return result
