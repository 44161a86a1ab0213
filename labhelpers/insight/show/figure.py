"""Figures in the page: pictures that follow its light or dark theme, and say what they show."""

import base64
import hashlib
import html
import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from labhelpers.data import standins_used
from labhelpers.insight.show.outputs import show_html
from labhelpers.insight.show.style import INK

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
# JupyterLab takes pictures and style rules out of notebooks that it does not trust. Then, and only
# then, the text under the picture shows.
_STYLE = ".labs-figure>svg+p{display:none}"
_MIN_ALT = 20
_FILE_NAME = re.compile(r"^\S+\.(png|jpe?g|svg|gif|webp|pdf|py|ipynb)$", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def show_figure(fig: Figure, *, alt: str) -> None:
    """Shows a figure in the notebook and in the book, and closes it.

    The picture is drawn into the page as SVG. Its text and axes take the colour of the page's
    text, so it is readable in light and in dark; its paper is transparent; it is never wider
    than the page. Drawn twice, the same figure gives the same bytes.

    Args:
        fig: A matplotlib figure.
        alt: What the figure shows, in one or two sentences, for readers who do not see it. Say
            what there is to see in it, not that it is a figure.

    Raises:
        TypeError: If `fig` is not a figure.
        ValueError: If `alt` is no description.
    """
    if not isinstance(fig, Figure):
        raise TypeError(
            f"fig must be a matplotlib Figure, but is a {type(fig).__name__}. "
            "Of axes, pass axes.figure."
        )
    alt = _check_alt(alt)
    standins = standins_used()
    if standins:
        alt = f"{alt} (Made from stand-in data: {', '.join(standins)}.)"
    try:
        svg = draw_svg(fig, alt, standins)
    finally:
        plt.close(fig)
    show_html(
        f"{svg}<p>Figure (run the cell, or trust the notebook, to see it): {html.escape(alt)}</p>",
        name="labs-figure",
        plain=alt,
        style=_STYLE,
    )


def _check_alt(alt: str) -> str:
    text = " ".join(alt.split()) if isinstance(alt, str) else alt
    problem = None
    if not isinstance(text, str):
        problem = f"a {type(text).__name__}"
    elif not text:
        problem = "empty"
    elif _FILE_NAME.match(text):
        problem = f"{text!r}, the name of a file"
    elif len(text) < _MIN_ALT or " " not in text:
        problem = f"{text!r}, too short to describe a figure"
    if problem:
        raise ValueError(
            f"alt must be a description of at least {_MIN_ALT} characters, but is {problem}. "
            "Write what a reader who cannot see the figure should know, for example "
            'alt="Loss by epoch: both curves fall, SGD ends lower."'
        )
    return text


def draw_svg(fig: Figure, alt: str, standins: tuple[str, ...] = ()) -> str:
    """Draws a figure as an `<svg>` element that takes the page's colours; always the same bytes.

    Names of stand-in data that it was made from go into a mark under it.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "labs", "svg.fonttype": "path"}):
        fig.savefig(
            buffer,
            format="svg",
            transparent=True,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    text = buffer.getvalue()
    prefix = "f" + hashlib.sha256(text.encode()).hexdigest()[:8]
    root = ElementTree.fromstring(text)  # noqa: S314 (our own text)
    _clean(root, prefix)
    _, _, width, height = (float(n) for n in root.attrib["viewBox"].split())
    shown_px = round(width * 96 / 72)
    if standins:
        _mark(root, f"stand-in data: {', '.join(standins)}", width, height)
        height += 16
    root.attrib.clear()
    root.attrib.update(
        {
            "xmlns": _SVG,
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": str(shown_px),
            "height": str(round(height * 96 / 72)),
            "style": "max-width:100%;height:auto",
            "fill": "currentColor",
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
            "role": "img",
            "aria-label": alt,
        }
    )
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def _clean(root: ElementTree.Element, prefix: str) -> None:
    """Takes out what a page does not need, and makes colours and names fit for it."""
    used = set(re.findall(r"#([\w.-]+)", ElementTree.tostring(root, encoding="unicode")))
    names: dict[str, str] = {}
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        element.text = element.tail = None
        name = element.attrib.pop("id", None)
        if name in used:
            names[name] = f"{prefix}{len(names)}"
            element.set("id", names[name])
    for element in root.iter():
        href = element.attrib.pop(_HREF, "")
        if href.startswith("#"):
            element.set("href", f"#{names[href[1:]]}")
        elif href:
            element.set("href", _shrink(href))
        for key, value in list(element.attrib.items()):
            if key not in ("id", "href"):
                element.set(key, _clean_value(key, value, names))
    _prune(root)


def _clean_value(key: str, value: str, names: dict[str, str]) -> str:
    value = re.sub(r"url\(#([\w.-]+)\)", lambda m: f"url(#{names[m.group(1)]})", value)
    if key == "style":
        value = re.sub(rf"{INK}|#000000\b", "currentColor", value)
        value = re.sub(r"([:;]) ", r"\1", value)
    if key in ("style", "transform"):
        return _NUMBER.sub(lambda m: f"{float(m.group()):.4g}", value)
    if key in ("d", "points", "x", "y", "width", "height"):
        value = _NUMBER.sub(lambda m: f"{float(m.group()):.2f}".rstrip("0").rstrip("."), value)
        value = re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(value.split()))
    return value


def _prune(element: ElementTree.Element) -> None:
    """Removes matplotlib's style sheet, which would apply to the whole page, and idle groups."""
    children = []
    for child in element:
        _prune(child)
        if child.tag in ("metadata", "style") or child.get("style") == "fill:none":
            continue
        if child.tag in ("g", "defs") and not len(child):
            continue
        children.extend(list(child) if child.tag == "g" and not child.attrib else [child])
    element[:] = children


def _shrink(href: str) -> str:
    """Encodes an embedded picture anew, without loss, as whatever is smallest."""
    kind, _, data = href.partition(";base64,")
    raw = base64.b64decode(data)
    picture = Image.open(io.BytesIO(raw)).convert("RGBA")
    if picture.getextrema()[3] == (255, 255):
        picture = picture.convert("RGB")
        red, green, blue = picture.split()
        if red.tobytes() == green.tobytes() == blue.tobytes():
            picture = red
    best = (kind, raw)
    for form, options in (
        ("png", {"optimize": True}),
        ("webp", {"lossless": True, "quality": 100, "method": 6, "exact": True}),
    ):
        buffer = io.BytesIO()
        picture.save(buffer, form, **options)
        if buffer.tell() < len(best[1]):
            best = (f"data:image/{form}", buffer.getvalue())
    return f"{best[0]};base64,{base64.b64encode(best[1]).decode()}"


def _mark(root: ElementTree.Element, text: str, width: float, height: float) -> None:
    note = ElementTree.SubElement(
        root,
        "text",
        {
            "x": f"{width - 4:g}",
            "y": f"{height + 11:g}",
            "text-anchor": "end",
            "font-size": "10",
            "font-family": "sans-serif",
            "font-style": "italic",
        },
    )
    note.text = text
