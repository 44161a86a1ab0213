"""Real picture files of every kind that turns up in a folder of pictures."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def draw(width=120, height=90, seed=0, mode="RGB"):
    """Draws a smooth picture whose upper left quarter is bright red."""
    random = np.random.RandomState(seed)
    coarse = random.randint(0, 120, (6, 8, 3)).astype(np.uint8)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    image.paste((250, 20, 20), (0, 0, width // 2, height // 2))
    return image.convert(mode)


def save(image, form, **options):
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def make_16_bit():
    values = np.linspace(0, 65535, 120 * 90).reshape(90, 120).astype(np.uint16)
    return save(Image.fromarray(values), "PNG")


def make_deep_colour():
    """A PNG file of 16 bits a channel, which Pillow cannot write: the picture of draw()."""
    pixels = np.asarray(draw()).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return make_png(pixels.shape[1], pixels.shape[0], 16, zlib.compress(rows))


def make_on_its_side(orientation=6):
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = draw()
    stored = {
        3: upright.transpose(Image.Transpose.ROTATE_180),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    return save(stored, "JPEG", quality=95, exif=exif)


def make_animation(form):
    return save(draw(), form, save_all=True, append_images=[draw(seed=1), draw(seed=2)])


def make_see_through():
    image = draw(mode="RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    solid = draw(60, 90, mode="RGBA")
    image.paste(solid, (0, 0))
    return save(image, "PNG")


def make_promise(width, height):
    """A PNG file of a few bytes whose header promises so many pixels."""
    return make_png(width, height, 8, zlib.compress(bytes(1000)))


def make_png(width, height, bits, body):
    """A PNG file of RGB, put together by hand."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def make_50_megapixel(form):
    image = draw(820, 620).resize((8200, 6200), Image.Resampling.NEAREST)
    return save(image, form, **({"compress_level": 1} if form == "PNG" else {}))
