"""What can move a number: on this very book, by the texts of its package alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import find_chapters, read_source
from labhelpers.authoring.trust.closure import (
    find_reached,
    hash_numbers,
    make_package,
    read_package,
)
from labhelpers.authoring.trust.effects import find_effect
from labhelpers.authoring.trust.hashing import hash_module
from labhelpers.authoring.trust.look import hash_look

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {c.name: read_source(c) for c in find_chapters(Checkout(ROOT))}
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "labhelpers").rglob("*.py")
}


def hash_all(texts):
    package = make_package(texts)
    return {name: hash_numbers(package, cells) for name, cells in CHAPTERS.items()}


def edit(path, old, new):
    """The package's texts with one of them edited."""
    assert old in TEXTS[path], f"{path} does not hold {old!r} any more"
    return TEXTS | {path: TEXTS[path].replace(old, new)}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("labhelpers/arguments.py", "must be", "should be"),  # the wording of errors
        ("labhelpers/data/fetch/registry.py", "https://", "https://mirror."),
        ("labhelpers/data/noise.py", "\nimport numpy", "\n# Of frozen streams.\nimport numpy"),
        ("labhelpers/training/seeds.py", '"""Returns this run', '"""Gives this run'),
        ("labhelpers/lesson/statements.py", "text must be a sentence", "text is no sentence"),
    ],
)
def test_what_moves_no_number_makes_no_result_old(path, old, new):
    texts = edit(path, old, new)
    assert texts[path] != TEXTS[path]
    assert hash_all(texts) == hash_all(TEXTS)


def test_an_initialiser_makes_every_chapter_old_that_uses_it():
    path = "labhelpers/models/layers.py"
    before, after = hash_all(TEXTS), hash_all(edit(path, "GlorotUniform", "HeNormal"))
    old = {name for name in CHAPTERS if before[name] != after[name]}
    assert {"02_shapes_anywhere", "03_where_is_the_triangle", "04_hourglass"} <= old
    assert "07_by_hand" not in old


def test_a_lost_or_a_new_module_counts():
    texts = dict(TEXTS)
    texts["labhelpers/data/copied.py"] = texts.pop("labhelpers/data/splits.py")
    texts["labhelpers/data/__init__.py"] = TEXTS["labhelpers/data/__init__.py"].replace(
        '"splits"', '"copied"'
    )
    assert "labhelpers.data.copied" in hash_all(texts)["06_dense_mnist"]
    assert hash_all(texts) != hash_all(TEXTS)


def test_names_are_found_through_the_lists_of_rooms_and_within_functions():
    package = make_package(
        {
            "labhelpers/__init__.py": "",
            "labhelpers/data/__init__.py": "import lazy_loader\n"
            'lazy_loader.attach(__name__, submod_attrs={"sets.a": ["one"], "b": ["two"]})\n',
            "labhelpers/data/sets/__init__.py": "",
            "labhelpers/data/sets/a.py": "def one():\n    from ..c import x\n",
            "labhelpers/data/b.py": "",
            "labhelpers/data/c.py": "import labhelpers.models.d\n",
            "labhelpers/models/__init__.py": "",
            "labhelpers/models/d.py": "",
        }
    )
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "source": "def f():\n    from labhelpers.data import one\n",
        }
    ]
    assert find_reached(package, cells) == {
        "labhelpers",
        "labhelpers.data",
        "labhelpers.data.sets",
        "labhelpers.data.sets.a",
        "labhelpers.data.c",
        "labhelpers.models",
        "labhelpers.models.d",
    }


def test_every_room_of_numbers_is_one():
    folders = {name.rpartition(".")[0] for name in read_package(ROOT).sources}
    numbers = {folder for folder in folders if find_effect(folder) == "numbers"}
    rooms = {".".join(folder.split(".")[:3]) for folder in numbers}
    assert {"labhelpers.data", "labhelpers.models", "labhelpers.insight.measure"} <= rooms
    assert not {r for r in rooms if r.startswith(("labhelpers.lesson", "labhelpers.authoring"))}
    assert find_effect("labhelpers.widgets.live_widget") == "look"
    assert find_effect("labhelpers.data.fetch.registry") == "none"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (
            'raise ValueError("one")',
            'raise ValueError(\n    f"two {x!r} and "\n    "three",\n)',
            True,
        ),
        ('raise ValueError("one")', 'raise TypeError("one")', False),
        ('raise ValueError("one") from None', 'raise ValueError("two") from None', True),
        ('x = "one"', 'x = "two"', False),
        (
            "def check(x):\n    wanted = 'a number'\n    wanted += ' of 3'\n    if x:\n"
            "        raise E(say(wanted))\n    return x",
            "def check(x):\n    wanted = (\n        'number'\n    )\n    wanted += ' of three'\n"
            "    if x:\n        raise E(say(wanted))\n    return x",
            True,
        ),
        (
            "def f(x):\n    kind = 'one'\n    if kind:\n        raise E(kind)\n    return x",
            "def f(x):\n    kind = 'two'\n    if kind:\n        raise E(kind)\n    return x",
            False,
        ),
        (
            "_ONE = 'a'\ndef f():\n    raise E(_ONE)",
            "_ONE = 'b'\ndef f():\n    raise E(_ONE)",
            True,
        ),
        ("ONE = 'a'\ndef f():\n    raise E(ONE)", "ONE = 'b'\ndef f():\n    raise E(ONE)", False),
        ("check('x', x, way_on='Do a.')", "check('x', x, way_on='Do b.')", True),
        ("def say_it(n) -> str:\n    return f'{n}'", "def say_it(n) -> str:\n    return 'b'", True),
        ("def say_it(n) -> int:\n    return 'a'", "def say_it(n) -> int:\n    return 'b'", False),
        ('if x == "a":\n    raise E("b")', 'if x == "b":\n    raise E("b")', False),
    ],
)
def test_only_the_wording_of_errors_is_left_out(before, after, same):
    assert (hash_module(before) == hash_module(after)) is same


@pytest.fixture(scope="module")
def copied_package(tmp_path_factory):
    """A copy of the package, to be edited."""
    root = tmp_path_factory.mktemp("package")
    shutil.copytree(
        ROOT / "labhelpers",
        root / "labhelpers",
        ignore=shutil.ignore_patterns("__pycache__", "results"),
    )
    return root


@pytest.mark.parametrize(
    ("name", "old", "new", "looks_old"),
    [
        ("controls.js", "\nfunction ", "\n// A line about it.\nfunction ", False),
        ("weights/of_nothing.bin", None, "0", False),
        ("controls.js", "\nfunction ", "\nlet unused = 1;\nfunction ", True),
        ("weights/hourglass.bin", None, "0", True),
        ("widgets.css", None, "b {}", True),
    ],
)
def test_what_widgets_are_made_of_changes_looks_and_no_result(
    copied_package, name, old, new, looks_old
):
    cells = CHAPTERS["04_hourglass"]
    package = read_package(copied_package)
    before = hash_look(copied_package, package, cells)
    file = copied_package / "labhelpers" / "widgets" / name
    content = file.read_bytes() if file.exists() else None
    text = content.decode("utf-8").replace(old, new, 1) if old else new
    file.write_text(text, encoding="utf-8")
    try:
        after = hash_look(copied_package, read_package(copied_package), cells)
        assert (after != before) is looks_old
        assert hash_numbers(read_package(copied_package), cells) == hash_numbers(package, cells)
    finally:
        file.unlink() if content is None else file.write_bytes(content)
