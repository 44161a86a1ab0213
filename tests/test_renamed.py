"""Old names go on for one release, and say the new one."""

import subprocess
import sys

import pytest

from labhelpers.renamed import MODULES, NAMES


def run(code):
    """What a fresh process prints and warns."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize(("old", "new"), [*NAMES.items()][:3])
def test_an_old_name_is_the_new_one_and_says_so(old, new):
    (old_room, name), (new_room, today) = old.rsplit(".", 1), new.rsplit(".", 1)
    code = f"from {old_room} import {name} as a; from {new_room} import {today} as b; print(a is b)"
    said, warned = run(code)
    assert said.strip() == "True"
    assert f"{old} is called {new} now" in warned


def test_old_modules_are_found_and_say_so():
    said, warned = run(
        "from labhelpers.course import record as a; from labhelpers.lesson import record as b\n"
        "from labhelpers.course.start import start_chapter as c\n"
        "from labhelpers.lesson.start import start_chapter as d\n"
        "print(a is b, c is d)"
    )
    assert said.split() == ["True", "True"]
    for old in ("labhelpers.course", "labhelpers.course.start"):
        assert f"{old} is called {MODULES[old]} now" in warned


def test_every_old_name_leads_somewhere():
    code = (
        "import importlib, warnings; warnings.simplefilter('ignore')\n"
        "from labhelpers.renamed import MODULES, NAMES\n"
        "for name in MODULES: importlib.import_module(name)\n"
        "for name in NAMES:\n"
        "    room, _, last = name.rpartition('.')\n"
        "    getattr(importlib.import_module(room), last)\n"
    )
    run(code)


def test_a_name_that_never_was_is_told_as_ever():
    code = (
        "import labhelpers.insight\n"
        "try: labhelpers.insight.show_nothing\n"
        "except AttributeError as error: print(error)"
    )
    assert "show_nothing" in run(code)[0]
