"""Where a notebook shows a widget, the page has its picture and room for it."""

import json
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from myst_nb.core.config import NbParserConfig
from myst_nb.core.render import WIDGET_STATE_MIMETYPE, WIDGET_VIEW_MIMETYPE, NbElementRenderer
from sphinx.errors import ExtensionError

from labhelpers.authoring.site.widget_places import add_style, make_places

STATE = {"still": '<svg role="img"></svg>', "message": 'Less < "more".', "space": [300, 500]}


def show(states, *, shown="a1"):
    """A page as myst-nb makes it, with one widget in it; returns what is written of it."""
    markup = f'<script type="{WIDGET_VIEW_MIMETYPE}">{json.dumps({"model_id": shown})}</script>'
    page = new_document("page")
    page += nodes.raw("", markup, format="html")
    script = {"type": WIDGET_STATE_MIMETYPE, "body": json.dumps({"state": states})}
    collected = {"page": {"js_files": {"ipywidgets_state": [None, script]}}}
    app = SimpleNamespace(env=SimpleNamespace(docname="page", nb_metadata=collected))
    make_places(app, page)
    (written,) = page.findall(nodes.raw)
    return BeautifulSoup(written.astext(), "html.parser")


def test_myst_nb_writes_views_as_we_read_them():
    renderer = NbElementRenderer(SimpleNamespace(md_options={"nb_config": NbParserConfig()}), None)
    (node,) = renderer.render_widget_view(SimpleNamespace(string={"model_id": "a1"}))
    expected = f'<script type="{WIDGET_VIEW_MIMETYPE}">{{"model_id": "a1"}}</script>'
    assert node.astext() == expected


def test_a_place_has_the_picture_the_words_and_the_room():
    place = show({"a1": {"state": STATE}}).select_one(".labs-widget")
    assert place["data-model"] == "a1"
    assert place["style"] == "--labs-wide:300px;--labs-narrow:500px"
    assert place.select_one(".labs-still > svg")
    assert place.select_one("figcaption").text.startswith('Less < "more". (A still picture:')
    assert place.select_one(".labs-live").has_attr("hidden")


@pytest.mark.parametrize("states", [{}, {"b2": {"state": STATE}}, {"a1": {"state": {"value": 3}}}])
def test_a_widget_whose_state_the_notebook_lacks_fails_the_build(states):
    with pytest.raises(ExtensionError, match="page: the notebook shows the widget a1 and holds no"):
        show(states)


@pytest.mark.parametrize(
    ("body", "added"),
    [('<div class="labs-widget">', ["widgets.css"]), ("<p>", []), (None, [])],
)
def test_only_pages_with_widgets_load_their_style(body, added):
    found = []
    add_style(SimpleNamespace(add_css_file=found.append), "page", "", {"body": body}, None)
    assert found == added
