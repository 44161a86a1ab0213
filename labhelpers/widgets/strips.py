"""Strips: many pictures of one size in one WebP picture."""

import io

import numpy as np
from PIL import Image

# Signed values in 63 steps, each 4 grey values apart: a picture of weights keeps its speckle, and
# takes half the bytes that it would take in 255. `strips.js` counts alike.
LEVELS = 31
STEP = 4
# Of the pictures of a widget, so that a page stays light.
_MOST_BYTES = 300_000
# The widest and highest picture that WebP knows is 16,383 px.
_LONGEST_PX = 16_000


def pack_strip(pictures: np.ndarray, *, quality: int | None = None) -> bytes:
    """Packs pictures (N, H, W) or (N, H, W, 3), uint8, into the bytes of one WebP picture.

    They lie below and beside each other. Without a quality (1 to 100) nothing is lost.

    Raises:
        ValueError: If so many pictures do not fit into one.
    """
    count, height, width = pictures.shape[:3]
    down = min(count, _LONGEST_PX // height)
    across = -(-count // max(down, 1))
    if not down or across * width > _LONGEST_PX:
        raise ValueError(
            f"{count} pictures of {width} x {height} px do not fit into one strip: show fewer, or "
            "smaller ones."
        )
    blank = np.zeros((down * across - count, *pictures.shape[1:]), np.uint8)
    filled = np.concatenate([pictures, blank]).reshape(down, across, *pictures.shape[1:])
    sheet = np.concatenate(np.concatenate(filled.swapaxes(0, 1), axis=2), axis=0)
    buffer = io.BytesIO()
    options = {"quality": quality} if quality else {"lossless": True, "quality": 100}
    Image.fromarray(sheet).save(buffer, "webp", method=6, **options)
    return buffer.getvalue()


def encode_signed(values: np.ndarray, limit: float) -> np.ndarray:
    """Turns values from -limit to limit into grey values that a strip keeps, uint8.

    Zero becomes `LEVELS * STEP`.
    """
    steps = np.rint(np.clip(values / limit, -1, 1) * LEVELS) + LEVELS
    return (steps * STEP).astype(np.uint8)


def check_page_bytes(name: str, size_bytes: int, *, way_on: str) -> None:
    """Raises ValueError if the pictures of an argument take more than 300,000 bytes in a page."""
    if size_bytes > _MOST_BYTES:
        raise ValueError(
            f"{name} must take at most {_MOST_BYTES:,} bytes in a page, but take {size_bytes:,}. "
            f"{way_on}"
        )
