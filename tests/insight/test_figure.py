"""Figures in the page: readable in light and in dark, described, small, the same each time."""

import base64
import io
import re
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from labhelpers.insight import plot_images, show_figure, use_style
from labhelpers.insight.show.style import INK

ALT = "Loss by epoch: the curve falls, fast at first and slowly after that."
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


def draw_curve():
    figure, axes = plt.subplots()
    axes.plot(np.arange(1, 101), 1 / np.arange(1, 101), label="Adam")
    axes.plot(np.arange(1, 101), 2 / np.arange(1, 101), color="black", label="SGD")
    axes.set(xlabel="epoch", ylabel="loss")
    axes.legend()
    return figure


def read_svg(bundle):
    text = bundle["text/html"]
    return ElementTree.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])


def test_a_figure_is_one_picture_with_its_description(shown):
    show_figure(draw_curve(), alt=ALT)
    assert len(shown) == 1
    assert set(shown[0]) == {"text/html", "text/plain"}
    assert shown[0]["text/plain"] == ALT
    svg = read_svg(shown[0])
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == ALT


def test_a_description_may_hold_any_character(shown):
    alt = "Where x < 3 & y > 2, the label says \"yes\" and <b>bold</b> 'text' & more."
    show_figure(draw_curve(), alt=alt)
    assert read_svg(shown[0]).attrib["aria-label"] == alt
    tags = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append(tag)

    Tags().feed(shown[0]["text/html"])
    assert "b" not in tags


def test_line_breaks_in_a_description_become_spaces(shown):
    show_figure(draw_curve(), alt="Loss by epoch:\n    the curve falls.")
    assert shown[0]["text/plain"] == "Loss by epoch: the curve falls."


def test_text_and_axes_take_the_colour_of_the_page(shown):
    show_figure(draw_curve(), alt=ALT)
    svg = read_svg(shown[0])
    assert svg.attrib["fill"] == "currentColor"
    page = shown[0]["text/html"]
    assert INK not in page
    assert "#000000" not in page
    glyphs = [g for g in svg.iter(f"{SVG}g") if "scale(" in g.get("transform", "")]
    assert len(glyphs) > 10
    assert all("currentColor" in g.get("style", "currentColor") for g in glyphs)
    # The black line follows the page too; the coloured one keeps its colour.
    curves = [
        p.get("style", "") for p in svg.iter(f"{SVG}path") if "stroke-width:1.8" in str(p.attrib)
    ]
    assert any("stroke:currentColor" in c for c in curves)
    assert any("stroke:#0072b2" in c for c in curves)


def test_paper_is_transparent_whatever_it_was(shown):
    figure = draw_curve()
    figure.set_facecolor("white")
    figure.axes[0].set_facecolor("#fafafa")
    show_figure(figure, alt=ALT)
    assert "#fafafa" not in shown[0]["text/html"]
    assert "#ffffff" not in shown[0]["text/html"]


def test_it_is_never_wider_than_the_page(shown):
    show_figure(draw_curve(), alt=ALT)
    svg = read_svg(shown[0])
    assert "max-width:100%" in svg.attrib["style"]
    assert "height:auto" in svg.attrib["style"]
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert (width, height) == pytest.approx((7 * 72, 3.6 * 72))
    assert svg.attrib["width"] == "672"


def test_nothing_of_it_reaches_the_rest_of_the_page(shown):
    show_figure(draw_curve(), alt=ALT)
    rules = re.findall(r"<style>(.*?)</style>", shown[0]["text/html"], re.DOTALL)
    selectors = re.findall(r"(?:^|\})([^{}]+)\{", rules[0])
    assert len(rules) == 1
    assert selectors
    assert all(".labs-figure" in s for s in selectors)
    assert "<script" not in shown[0]["text/html"]
    links = re.findall(r"https?://[^\s\"']+", shown[0]["text/html"])
    assert set(links) <= {"http://www.w3.org/2000/svg"}


def test_references_lead_somewhere_and_names_are_the_figure_s_own(shown):
    show_figure(draw_curve(), alt=ALT)
    other = draw_curve()
    other.axes[0].set_ylabel("something else")
    show_figure(other, alt=ALT)
    names = []
    for bundle in shown[0], shown[1]:
        svg = read_svg(bundle)
        ids = [e.attrib["id"] for e in svg.iter() if "id" in e.attrib]
        assert len(ids) == len(set(ids))
        used = {e.attrib["href"][1:] for e in svg.iter() if "href" in e.attrib}
        used |= set(re.findall(r"url\(#([^)]+)\)", ElementTree.tostring(svg, encoding="unicode")))
        assert used == set(ids)
        names.append(set(ids))
    assert not names[0] & names[1]


def test_the_same_figure_gives_the_same_bytes(shown):
    show_figure(draw_curve(), alt=ALT)
    show_figure(draw_curve(), alt=ALT)
    assert shown[0] == shown[1]


_SCRIPT = """
import matplotlib.pyplot as plt
from labhelpers.insight import use_style
from labhelpers.insight.show.figure import draw_svg
use_style()
figure, axes = plt.subplots()
axes.plot([1, 2, 3], [3, 1, 2], marker="o", label="a")
axes.legend()
svg = draw_svg(figure, "a description")
"""


def test_the_same_figure_gives_the_same_bytes_in_another_process():
    here = {}
    exec(_SCRIPT, here)
    there = subprocess.run(
        [sys.executable, "-c", _SCRIPT + "print(svg)"], capture_output=True, text=True, check=True
    ).stdout
    assert there.strip() == here["svg"]


def test_a_figure_is_closed_and_so_never_shown_twice(shown):
    figure = draw_curve()
    show_figure(figure, alt=ALT)
    assert plt.get_fignums() == []


def test_a_line_plot_is_small(shown):
    show_figure(draw_curve(), alt=ALT)
    assert len(shown[0]["text/html"]) < 40_000


@pytest.mark.parametrize(
    ("alt", "said"),
    [
        ("", "empty"),
        ("   \n ", "empty"),
        ("loss", "too short"),
        ("loss_by_epoch_for_both_optimisers", "too short"),
        ("loss_by_epoch_of_both_optimisers.png", "name of a file"),
        (None, "NoneType"),
        (3, "int"),
    ],
)
def test_a_figure_without_a_description_is_refused(shown, alt, said):
    with pytest.raises(ValueError, match="alt must be a description") as caught:
        show_figure(draw_curve(), alt=alt)
    assert said in str(caught.value)
    assert len(shown) == 0


def test_axes_are_no_figure(shown):
    figure = draw_curve()
    with pytest.raises(TypeError, match=r"axes\.figure"):
        show_figure(figure.axes[0], alt=ALT)


def embedded_images(bundle):
    found = re.findall(r'href="data:image/(\w+);base64,([^"]+)"', bundle["text/html"])
    return [(kind, Image.open(io.BytesIO(base64.b64decode(data)))) for kind, data in found]


def test_small_images_keep_their_own_pixels_and_values(shown):
    images = np.random.RandomState(0).randint(0, 256, (3, 28, 28), dtype=np.uint8)
    show_figure(plot_images(images), alt="Three images of noise, for the pixels' sake.")
    found = embedded_images(shown[0])
    assert len(found) == 3
    for (_, picture), image in zip(found, images, strict=True):
        assert picture.size == (28, 28)
        np.testing.assert_array_equal(np.asarray(picture.convert("L")), image)
    svg = read_svg(shown[0])
    for element in svg.iter(f"{SVG}image"):
        assert "pixelated" in element.attrib["style"]


def test_colour_images_keep_their_colours(shown):
    images = np.random.RandomState(0).randint(0, 256, (1, 16, 16, 3), dtype=np.uint8)
    show_figure(plot_images(images), alt="One image of coloured noise, for the pixels' sake.")
    (_, picture), *_ = embedded_images(shown[0])
    np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), images[0])


def test_a_grid_of_images_is_small(shown):
    images = np.random.RandomState(0).randint(0, 256, (32, 28, 28), dtype=np.uint8)
    show_figure(plot_images(images), alt="Thirty-two images of noise, which no code can shrink.")
    assert len(shown[0]["text/html"]) < 32 * 28 * 28 * 4 / 3 * 1.3 + 10_000


def test_without_trust_the_description_is_left(shown):
    """JupyterLab strips svg and style from notebooks it does not trust; the rest must serve."""
    show_figure(draw_curve(), alt=ALT)
    page = shown[0]["text/html"]
    stripped = re.sub(r"<(svg|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert ALT in stripped
    assert "trust" in stripped
    assert ".labs-figure>svg+p{display:none}" in page


_STANDIN = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.displaypub import CapturingDisplayPublisher
shell = InteractiveShell.instance()
shell.display_pub = CapturingDisplayPublisher()
from labhelpers.data import load_mnist
from labhelpers.insight import plot_images, show_figure, use_style
use_style()
show_figure(plot_images(load_mnist().x_train[:4]), alt="Four digits, for the mark's sake.")
data = shell.display_pub.outputs[0]["data"]
print(data["text/plain"])
print(data["text/html"])
"""


def test_figures_made_after_loading_a_stand_in_say_so(tmp_path):
    import os

    env = {
        **os.environ,
        "LABHELPERS_STANDIN": "1",
        "LABHELPERS_DATA": str(tmp_path),
        "IPYTHONDIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", _STANDIN], capture_output=True, text=True, check=True, env=env
    )
    plain, _, page = done.stdout.partition("\n")
    assert "stand-in data" in plain
    assert re.search(r"<text [^>]*>stand-in data: [^<]+</text>", page)
    assert "aria-label=\"Four digits, for the mark's sake. (Made from stand-in data" in page
    svg = ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
    height = float(svg.attrib["viewBox"].split()[3])
    note = next(svg.iter(f"{SVG}text"))
    assert float(note.attrib["y"]) < height
