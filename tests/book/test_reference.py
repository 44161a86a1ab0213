"""The reference has every public name, and each says what one needs to call it."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass

import pytest

ROOMS = ["data", "models", "training", "insight", "widgets", "lesson"]


def public_things():
    for room in ROOMS:
        module = importlib.import_module(f"labhelpers.{room}")
        for name in module.__all__:
            yield f"labhelpers.{room}.{name}", getattr(module, name)


THINGS = dict(public_things())
FUNCTIONS = {name: thing for name, thing in THINGS.items() if inspect.isroutine(thing)}
CLASSES = {name: thing for name, thing in THINGS.items() if inspect.isclass(thing)}
CONSTANTS = sorted(set(THINGS) - set(FUNCTIONS) - set(CLASSES))


def section(doc, title):
    """The text of one section of a docstring in Google's style."""
    found = re.search(rf"(?ms)^{title}:\n(.*?)(?=^\S|\Z)", doc)
    return found[1] if found else ""


def test_every_room_has_public_names():
    for room in ROOMS:
        names = importlib.import_module(f"labhelpers.{room}").__all__
        assert names
        assert sorted(set(names)) == sorted(names)
        assert not [name for name in names if name.startswith("_")]


def test_the_reference_has_every_public_name(written):
    page = next(page for page in written if page.name.endswith("/api.html"))
    assert not set(THINGS) - page.anchors


def test_the_reference_shows_what_a_name_needs(written):
    page = next(page for page in written if page.name.endswith("/api.html"))
    for name, thing in FUNCTIONS.items():
        heading = page.soup.find("dt", id=name)
        signature = heading.get_text()
        told = heading.find_next_sibling("dd").get_text(" ")
        for parameter in inspect.signature(thing).parameters:
            assert parameter in signature, name
            assert parameter in told, f"{name}: {parameter}"


def test_the_reference_is_made_without_a_backend():
    script = (
        "import sys\n"
        "from sphinx.ext.autodoc.mock import mock\n"
        "from labhelpers.authoring.site.reference import BACKENDS, public_names\n"
        "before = set(sys.modules)\n"
        "with mock(list(BACKENDS)):\n"
        "    for room in ('data', 'models', 'training', 'insight', 'widgets', 'lesson'):\n"
        "        assert public_names('labhelpers.' + room)\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in BACKENDS))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


@pytest.mark.parametrize("name", [*FUNCTIONS, *CLASSES])
def test_docstrings_begin_with_one_sentence(name):
    doc = inspect.getdoc(THINGS[name])
    assert doc, name
    first, *rest = doc.splitlines()
    assert first.endswith((".", "?"))
    assert not rest or not rest[0]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstrings_tell_parameters_results_and_errors(name):
    function = FUNCTIONS[name]
    doc = inspect.getdoc(function) or ""
    signature = inspect.signature(function)
    told = section(doc, "Args")
    for parameter in signature.parameters:
        assert re.search(rf"(?m)^ +\*{{0,2}}{parameter}( \(.*\))?:", told), parameter
    if signature.return_annotation not in (None, "None", inspect.Signature.empty):
        # A function of no parameters may say it all in its first sentence.
        given = section(doc, "Returns") or section(doc, "Yields")
        assert given or not signature.parameters, "it says no Returns and no Yields"
    body = re.sub(r'"""(.*?)"""', "", inspect.getsource(function), flags=re.DOTALL)
    for raised in set(re.findall(r"raise (\w+)\(", body)):
        assert raised in section(doc, "Raises"), f"it does not say when it raises {raised}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_have_types(name):
    signature = inspect.signature(FUNCTIONS[name])
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter.name


def test_constants_say_what_they_are(written):
    page = next(page for page in written if page.name.endswith("/api.html"))
    for name in CONSTANTS:
        assert page.soup.find("dt", id=name).find_next_sibling("dd").get_text(strip=True), name


@pytest.mark.parametrize("name", CLASSES)
def test_classes_tell_their_attributes_and_methods(name):
    cls = CLASSES[name]
    told = section(inspect.getdoc(cls) or "", "Attributes")
    if is_dataclass(cls):
        for field in fields(cls):
            if not field.name.startswith("_"):
                assert re.search(rf"(?m)^ +{field.name}( \(.*\))?:", told), field.name
    for method, thing in vars(cls).items():
        if not method.startswith("_") and (inspect.isroutine(thing) or isinstance(thing, property)):
            assert inspect.getdoc(thing), method
