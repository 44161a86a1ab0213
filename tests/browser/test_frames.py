"""A strip of pictures, as a reader moves it in a page without a kernel."""

import numpy as np
import pytest
from playwright.sync_api import expect
from reading import read_canvas

from labhelpers.widgets import show_frames

VALUES = [0, 50, 100, 200]
TEXTS = [f"A picture under noise of {value}." for value in VALUES]


def show(images, **options):
    given = {"label": "Noise", "values": VALUES, "texts": TEXTS, "title": "noisy"}
    return show_frames(images, **{**given, **options})


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "colour"])
def test_each_place_of_the_slider_shows_its_picture(open_widget, channels):
    images = np.random.RandomState(0).randint(0, 256, (4, 30, 40, *channels)).astype("uint8")
    page = open_widget(show(images, quality=None))
    slider = page.get_by_role("slider", name="Noise")
    slider.press("End")
    for frame in reversed(range(4)):
        assert slider.get_attribute("aria-valuetext") == str(VALUES[frame])
        expect(page.locator(".labs-told")).to_have_text(TEXTS[frame])
        pane = page.get_by_role("img", name=f"noisy: Noise {VALUES[frame]}, {TEXTS[frame]}")
        shown = read_canvas(pane)[..., :3]
        wanted = images[frame] if channels else images[frame][..., None].repeat(3, axis=2)
        assert (shown == wanted).all()
        slider.press("ArrowLeft")


def test_a_strip_with_losses_is_small_and_near(open_widget):
    y, x = np.mgrid[:60, :80]
    images = np.stack([(np.sin(x / 9 + k) * np.cos(y / 7) + 1) / 2 for k in range(4)])
    lossless, lossy = show(images, quality=None), show(images)
    assert len(lossy.strip) < 0.8 * len(lossless.strip)
    page = open_widget(lossy)
    expect(page.locator(".labs-told")).to_have_text(TEXTS[0])
    shown = read_canvas(page.get_by_role("img", name="noisy"))[..., 0] / 255
    assert abs(shown - images[0]).mean() < 0.02


def test_small_pictures_are_shown_as_wide_as_asked(open_widget):
    page = open_widget(show(np.zeros((4, 18, 24)), width_px=240))
    assert page.get_by_role("img", name="noisy").bounding_box()["width"] == pytest.approx(
        240, abs=2
    )


def test_more_pictures_than_fit_below_each_other(open_widget):
    images = np.stack([np.full((100, 8), k, "uint8") for k in range(200)])
    page = open_widget(
        show(images, values=range(200), texts=[f"Grey {k}." for k in range(200)], quality=None)
    )
    page.get_by_role("slider", name="Noise").press("End")
    expect(page.locator(".labs-told")).to_have_text("Grey 199.")
    assert (read_canvas(page.get_by_role("img", name="noisy"))[..., :3] == 199).all()


def test_a_strip_cut_short_shows_the_still_picture(open_widget):
    images = np.random.RandomState(0).random_sample((4, 30, 40))

    def cut(state):
        (buffer,) = state["buffers"]
        buffer["data"] = buffer["data"][: len(buffer["data"]) // 8 * 4]

    page = open_widget(show(images), cut)
    expect(page.locator(".labs-sorry")).to_contain_text("cut short")
    expect(page.locator(".labs-still svg:visible")).to_have_count(1)


def test_a_browser_that_reads_no_strips_shows_the_still_picture(context, open_widget):
    context.add_init_script("delete window.createImageBitmap")
    page = open_widget(show(np.zeros((4, 8, 8))), lambda state: None)
    expect(page.locator(".labs-sorry")).to_contain_text("this browser cannot read them")
    expect(page.locator(".labs-still svg:visible")).to_have_count(1)


def test_bad_frames_are_refused():
    images = np.zeros((4, 8, 8))
    with pytest.raises(ValueError, match="values must be a list of 4 texts"):
        show(images, values=[1])
    with pytest.raises(TypeError, match="texts must be a list of 4 texts"):
        show(images, texts="abcd")
    with pytest.raises(ValueError, match="images must"):
        show(images + 2)
    with pytest.raises(ValueError, match="quality must"):
        show(images, quality=101)
    with pytest.raises(ValueError, match="width_px must"):
        show(images, width_px=601)
    with pytest.raises(TypeError, match="title must be a text"):
        show(images, title="")
    random = np.random.RandomState(0).random_sample((4, 400, 400))
    with pytest.raises(ValueError, match="images must take at most 300,000 bytes"):
        show(random)
