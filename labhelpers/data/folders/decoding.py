"""From one picture file, whatever it holds, to an array of a given size or a reason why not."""

import contextlib
import io
import os
import stat
import struct
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, JpegImagePlugin

# Raised when the rule below changes, so that what was decoded before is not used.
RULE = 1
# How a picture that is no square becomes one: stretched, by its middle, or with black bars.
FITS = ("squash", "crop", "pad")
# What is opened, and nothing else: Pillow knows formats that start other programs.
_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
_SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".jpg", ".jpeg", ".mpo"),
    "PNG": (".png", ".apng"),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}
# What decoders raise on files that are cut off or made up; zlib's and struct's errors beside these.
_DAMAGE = (ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError)
_DAMAGE += (SyntaxError, TypeError, ValueError, struct.error, zlib.error)
_MOST_PIXELS = 80_000_000
_JPEG_START = b"\xff\xd8\xff"
_LARGE_BYTES = 64_000_000
_LARGE_PIXELS = 10_000_000
_LARGE_ONE = threading.Lock()
_BLANK_RANGE = 8
# How Pillow calls the raw form of colours of 16 bits, of which it keeps 8.
_DEEP = ";16"
_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PictureError(Exception):
    """A picture that cannot be used; the message says why, to follow its name."""


@dataclass(frozen=True)
class Sizing:
    """What size and kind of array a picture becomes."""

    size_px: int
    channels: int  # 1 for grey, 3 for RGB
    fit: str  # one of FITS

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the array."""
        return self.size_px, self.size_px, self.channels


def read_picture(path: Path, sizing: Sizing) -> tuple[np.ndarray, list[str]]:
    """Decodes one picture to uint8 (S, S, C), and says what had to be done, in a few words each.

    A JPEG is decoded at the smallest of its scales (1/1, 1/2, 1/4, 1/8) that is no smaller than the
    array, then made smaller by averaging with a triangle filter. EXIF's orientation is followed,
    transparency lies on white, 16 bits become 8, the first picture of several is taken.

    Raises:
        PictureError: If it is unreadable, empty, blank, far too large or no picture at all.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise PictureError("is no plain file")
    if status.st_size == 0:
        raise PictureError("is empty")
    try:
        with _open(path, status.st_size) as image, _hold_if_large(image):
            notes, turn = _note_oddities(path, image)
            upright = _flatten(image, sizing)
            if turn is not None:
                upright = upright.transpose(turn)
            pixels = np.frombuffer(_fit(upright, sizing).tobytes(), np.uint8)
    except PictureError:
        raise
    except Image.UnidentifiedImageError as error:
        raise PictureError("is no picture that can be read") from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise PictureError("has too many pixels") from error
    except _DAMAGE as error:
        raise PictureError(f"is damaged ({_shorten(error)})") from error
    # A few pixels nearly always settle it; all are asked where they do not.
    if np.ptp(pixels[::31]) <= _BLANK_RANGE and np.ptp(pixels) <= _BLANK_RANGE:
        raise PictureError(f"is blank: every pixel is about {int(pixels.max())}")
    return pixels.reshape(sizing.shape), notes


def _open(path: Path, size_bytes: int) -> Image.Image:
    """Opens a picture by what is in it. Bytes read at once are quicker than many small reads."""
    if size_bytes > _LARGE_BYTES:
        return Image.open(path, formats=_FORMATS)
    with path.open("rb", buffering=0) as file:
        content = file.read()
    if content.startswith(_JPEG_START):
        return JpegImagePlugin.JpegImageFile(io.BytesIO(content))
    return Image.open(io.BytesIO(content), formats=_FORMATS)


def _hold_if_large(image: Image.Image) -> contextlib.AbstractContextManager:
    """Lets one large picture through at a time: each fills a good part of a small memory."""
    is_large = image.width * image.height > _LARGE_PIXELS and image.format != "JPEG"
    return _LARGE_ONE if is_large else contextlib.nullcontext()


def _note_oddities(path: Path, image: Image.Image) -> tuple[list[str], Image.Transpose | None]:
    """Returns what is odd about a picture, and how it has to be turned."""
    width, height = image.size
    if width * height > _MOST_PIXELS:
        raise PictureError(f"has {width} x {height} pixels, more than {_MOST_PIXELS:,}")
    notes = []
    if path.suffix.lower() not in _SUFFIXES[image.format]:
        notes.append(f"is a {image.format} by its content: read as such")
    if image.mode == "CMYK":
        notes.append("is in print colours (CMYK): turned into RGB")
    if image.mode.startswith("I") or any(_DEEP in str(tile) for tile in image.tile):
        notes.append("has 16 bits a pixel: made 8")
    if image.format in ("GIF", "WEBP", "PNG") and getattr(image, "is_animated", False):
        image.seek(0)
        notes.append("moves: its first picture is taken")
    turn = None
    if image.format not in ("JPEG", "MPO") or "exif" in image.info:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION_TAG, 1))
    if turn is not None:
        notes.append("lies on its side by EXIF: turned upright")
    return notes, turn


def _flatten(image: Image.Image, sizing: Sizing) -> Image.Image:
    """Decodes to grey or RGB of 8 bits, without transparency."""
    mode = "L" if sizing.channels == 1 else "RGB"
    if image.format in ("JPEG", "MPO") and image.mode in ("L", "RGB", "YCbCr"):
        image.draft(mode, (sizing.size_px, sizing.size_px))
    image.load()
    if image.mode == mode:
        return image
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64)
        if values.min() < 0 or values.max() > 65535:
            raise PictureError("has more than 16 bits a pixel")
        # A file of 8-bit values in 16-bit pixels stays as it is.
        image = Image.fromarray((values >> 8 if values.max() > 255 else values).astype(np.uint8))
    elif image.mode == "F":
        raise PictureError("has fractions for pixels, of unknown range")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    if image.mode == "CMYK":
        image = image.convert("RGB")
    return image.convert(mode)


def _fit(image: Image.Image, sizing: Sizing) -> Image.Image:
    size, (width, height) = sizing.size_px, image.size
    box, target = None, (size, size)
    if sizing.fit == "crop":
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        box = (left, top, left + side, top + side)
    elif sizing.fit == "pad":
        scale = size / max(width, height)
        target = max(1, round(width * scale)), max(1, round(height * scale))
    small = image.resize(target, Image.Resampling.BILINEAR, box=box)
    if sizing.fit != "pad":
        return small
    padded = Image.new(image.mode, (size, size))
    padded.paste(small, ((size - target[0]) // 2, (size - target[1]) // 2))
    return padded


def _shorten(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return os.fsdecode(text.encode("utf-8", "replace"))[:60]
