"""One picture, whatever it holds: an array of the size asked for, or the reason why not."""

import os
import resource

import numpy as np
import odd_pictures
import pytest
from odd_pictures import draw, save
from PIL import Image

from labhelpers.data.folders.decoding import FITS, PictureError, Sizing, read_picture

RGB = Sizing(32, 3, "squash")
GREY = Sizing(32, 1, "squash")


@pytest.fixture
def put(tmp_path):
    def put(content, name="a.jpg"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return put


def is_red_above_left(pixels):
    """Whether the bright red quarter is where it was drawn."""
    quarter = pixels[2:14, 2:14].reshape(-1, 3).mean(axis=0)
    rest = pixels[18:, 18:].reshape(-1, 3).mean(axis=0)
    return quarter[0] > 200 and quarter[1] < 60 and rest[0] < 150


@pytest.mark.parametrize("sizing", [RGB, GREY], ids=["RGB", "grey"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP", "WEBP", "TIFF"])
@pytest.mark.parametrize("size", [(120, 90), (20, 30), (700, 500), (1, 50)], ids=str)
def test_any_form_and_size_becomes_what_was_asked_for(put, form, size, sizing):
    suffix = {"JPEG": "jpg", "TIFF": "tif"}.get(form, form.lower())
    pixels, notes = read_picture(put(save(draw(*size), form), f"a.{suffix}"), sizing)
    assert (pixels.shape, pixels.dtype) == (sizing.shape, np.uint8)
    assert notes == []


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_looks_as_it_did(put, form):
    pixels, _ = read_picture(put(save(draw(), form), "a." + form.lower()), RGB)
    assert is_red_above_left(pixels)
    slow = np.asarray(draw().resize((32, 32), Image.Resampling.BILINEAR))
    assert np.abs(pixels.astype(int) - slow).mean() < 6


def test_grey_is_the_brightness(put):
    image = draw()
    pixels, _ = read_picture(put(save(image, "JPEG", quality=95)), GREY)
    slow = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.BILINEAR))
    assert np.abs(pixels[:, :, 0].astype(int) - slow).mean() < 3


@pytest.mark.parametrize("fit", FITS)
def test_the_three_ways_to_make_a_square(put, fit):
    wide = Image.new("RGB", (300, 100), (10, 10, 200))
    wide.paste((250, 250, 250), (100, 0, 200, 100))
    pixels, _ = read_picture(put(save(wide, "PNG"), "a.png"), Sizing(60, 3, fit))
    middle, edge, top = pixels[30, 30], pixels[30, 1], pixels[1, 30]
    assert middle.tolist() == [250, 250, 250]
    assert edge.tolist() == ([250, 250, 250] if fit == "crop" else [10, 10, 200])
    assert top.tolist() == ([0, 0, 0] if fit == "pad" else [250, 250, 250])


@pytest.mark.parametrize(
    ("content", "name", "note"),
    [
        (save(draw(mode="CMYK"), "JPEG"), "a.jpg", "print colours"),
        (odd_pictures.make_on_its_side(6), "a.jpg", "turned upright"),
        (odd_pictures.make_on_its_side(3), "a.jpg", "turned upright"),
        (odd_pictures.make_on_its_side(8), "a.jpg", "turned upright"),
        (odd_pictures.make_animation("GIF"), "a.gif", "first picture is taken"),
        (odd_pictures.make_animation("WEBP"), "a.webp", "first picture is taken"),
        (odd_pictures.make_animation("PNG"), "a.png", "first picture is taken"),
        (odd_pictures.make_deep_colour(), "a.png", "has 16 bits a pixel: made 8"),
        (save(draw(), "PNG"), "a.jpg", "is a PNG by its content"),
        (save(draw(), "JPEG"), "a.png", "is a JPEG by its content"),
        (save(draw(), "WEBP"), "a", "is a WEBP by its content"),
    ],
    ids=[
        "CMYK",
        "EXIF 6",
        "EXIF 3",
        "EXIF 8",
        "GIF",
        "WebP",
        "APNG",
        "16 bits",
        "png.jpg",
        "jpg.png",
        "bare",
    ],
)
def test_an_odd_picture_is_made_even_and_that_is_noted(put, content, name, note):
    pixels, notes = read_picture(put(content, name), RGB)
    assert is_red_above_left(pixels)
    assert len(notes) == 1
    assert note in notes[0]


@pytest.mark.parametrize("sizing", [RGB, GREY], ids=["RGB", "grey"])
def test_16_bits_become_8_over_the_whole_range(put, sizing):
    pixels, notes = read_picture(put(odd_pictures.make_16_bit(), "a.png"), sizing)
    assert notes == ["has 16 bits a pixel: made 8"]
    assert pixels[0].mean() < 8
    assert pixels[-1].mean() > 247
    assert 120 < pixels[16].mean() < 136


def test_what_is_see_through_lies_on_white(put):
    pixels, _ = read_picture(put(odd_pictures.make_see_through(), "a.png"), RGB)
    assert pixels[20, 28].tolist() == [255, 255, 255]
    assert pixels[4, 2, 0] > 200


def test_a_palette_is_looked_up(put):
    pixels, _ = read_picture(put(save(draw().quantize(64), "PNG"), "a.png"), RGB)
    assert is_red_above_left(pixels)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"hello", "is no picture"),
        (b"\xff\xd8\xff\xe0 and then nothing", "is no picture|damaged"),
        (save(draw(), "JPEG")[:700], "is damaged|no picture"),
        (save(draw(), "JPEG")[:-600], "is damaged .*truncated"),
        (save(draw(), "PNG")[:-600], "is damaged"),
        (save(Image.new("RGB", (50, 50), "white"), "JPEG"), "is blank: every pixel is about 255"),
        (save(Image.new("RGB", (50, 50)), "JPEG"), "is blank: every pixel is about 0"),
        (save(Image.new("L", (50, 50), 130), "PNG"), "is blank: every pixel is about 130"),
        (odd_pictures.make_promise(20_000, 20_000), "has .*pixels"),
        (odd_pictures.make_promise(9_000, 9_000), "has 9000 x 9000 pixels, more than"),
        (odd_pictures.make_promise(100, 100), "is damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no picture"),
        (save(Image.new("F", (9, 9)), "TIFF"), "fractions for pixels"),
    ],
    ids=[
        "empty",
        "text",
        "jpeg-start",
        "cut-early",
        "cut-late",
        "png-cut",
        "white",
        "black",
        "grey",
        "bomb",
        "large",
        "liar",
        "svg",
        "eps",
        "float",
    ],
)
def test_a_picture_that_cannot_be_used_says_why(put, content, reason):
    with pytest.raises(PictureError, match=reason):
        read_picture(put(content), RGB)


def test_what_is_no_file_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    for path in (tmp_path / "pipe.jpg", tmp_path):
        with pytest.raises(PictureError, match="is no plain file"):
            read_picture(path, RGB)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_50_megapixels_are_read(put, form):
    pixels, notes = read_picture(
        put(odd_pictures.make_50_megapixel(form), "a." + form.lower()), RGB
    )
    assert is_red_above_left(pixels)
    assert notes == []


def test_no_damage_to_a_picture_ends_in_another_error(put):
    random = np.random.RandomState(0)
    contents = [save(draw(), form) for form in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP")]
    path = put(b"x")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for content in contents:
        for _ in range(60):
            broken = bytearray(content)
            for _ in range(random.randint(1, 6)):
                broken[random.randint(len(broken))] = random.randint(256)
            path.write_bytes(broken[: random.randint(len(broken) // 2, len(broken) + 1)])
            try:
                pixels, _ = read_picture(path, RGB)
            except PictureError:
                continue
            assert pixels.shape == RGB.shape
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000
