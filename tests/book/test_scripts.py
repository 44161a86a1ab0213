"""Pages carry the widgets' scripts without what only their authors need."""

import json
from types import SimpleNamespace

from myst_nb.core.render import WIDGET_STATE_MIMETYPE

from labhelpers.authoring.site import scripts
from labhelpers.authoring.site.scripts import shrink_script, shrink_widgets

MODULE = """// A comment.
const longName = 3;
export default { render({ model, el }) { el.textContent = "</script>" + longName; } };
"""


def shrink_page(states):
    """The states that a page has, after those that its notebook has."""
    script = {"type": WIDGET_STATE_MIMETYPE, "body": json.dumps({"state": states})}
    collected = {"page": {"js_files": {"a": [None, {"src": "x.js"}], "state": [None, script]}}}
    app = SimpleNamespace(env=SimpleNamespace(docname="page", nb_metadata=collected))
    shrink_widgets(app, None)
    assert "</script>" not in script["body"]
    return json.loads(script["body"])["state"]


def test_a_page_has_the_short_script_and_all_else_as_it_was():
    state = {"_esm": MODULE, "_css": "p {}", "still": "<svg></svg>", "noise": 3}
    before = {"a1": {"state": state}, "b2": {"state": {"still": 4}}}
    after = shrink_page(before)
    short = after["a1"]["state"].pop("_esm")
    assert len(short) < len(MODULE) - 20
    assert "comment" not in short
    assert "</script>" in short.replace("\\/", "/")  # written either way, it is the same text
    assert "export default" in short
    # The place in the page has the still picture, and a file has the style.
    assert after == {"a1": {"state": {"noise": 3}}, "b2": {"state": {"still": 4}}}


def test_without_the_tool_the_script_stays(monkeypatch):
    monkeypatch.setattr(scripts, "minify", None)
    assert shrink_script(MODULE) == MODULE


def test_every_page_of_the_book_has_short_scripts(pages):
    found = []
    for page in pages:
        for script in page.soup.select(f'script[type="{WIDGET_STATE_MIMETYPE}"]'):
            states = json.loads(script.string)["state"].values()
            found += [one["state"]["_esm"] for one in states if "_esm" in one["state"]]
    assert found
    assert all(len(shrink_script(text)) > 0.98 * len(text) for text in found)


def test_every_page_of_the_book_has_its_still_pictures_once(pages):
    drawings = [svg for page in pages for svg in page.soup.select(".labs-still > svg")]
    assert drawings
    for page in pages:
        for script in page.soup.select(f'script[type="{WIDGET_STATE_MIMETYPE}"]'):
            assert "<svg" not in script.string
