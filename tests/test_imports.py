"""What the package's imports and names promise, read from its files.

Rooms import from rooms on their left only, nothing imports in a circle or inside a function (but
for what may be missing), folders stay small, names say what they mean; and importing is quick.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "labhelpers"
# A file at the top of the package is a room of its own.
ROOMS = ("arguments", "renamed", "data", "models", "training", "insight", "widgets", "lesson")
# Take from anywhere; nothing takes from them.
WORKSHOPS = ("authoring", "classroom", "commands", "__main__")
BACKENDS = ("keras", "tensorflow", "jax", "torch")
# What may be missing, or takes seconds that not everybody owes.
OPTIONAL = {
    *BACKENDS,
    *("dask", "distributed"),
    *("ctypes", "fcntl", "msvcrt", "resource", "winreg"),
    "IPython",
    # The extra `book`, which a student's machine does without.
    *("docutils", "ipykernel", "jupyter_client", "jupyter_core", "jupytext", "minify", "myst_nb"),
    *("nbclient", "nbformat", "sphinx"),
}
# Lists grow with the book: one module a chapter or a widget.
LISTS = ("lesson/exercises", "widgets")
MOST_SIBLINGS = 15
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
CATCH_ALLS = {"common", "helper", "helpers", "misc", "util", "utils"}


def walk_top(node):
    """What runs when a module is imported: nothing in functions, nothing for type checkers."""
    for child in ast.iter_child_nodes(node):
        is_typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        if not is_typing and not isinstance(child, FUNCTIONS):
            yield child
            yield from walk_top(child)


class Package:
    """The modules of a package, and what each imports."""

    def __init__(self, root):
        self.root = root
        self.files = {self.name_of(file): file for file in sorted(root.rglob("*.py"))}
        self.trees = {
            name: ast.parse(file.read_text(encoding="utf-8")) for name, file in self.files.items()
        }
        self.lazy = dict(self.find_lazy_names())

    def name_of(self, file):
        parts = file.relative_to(self.root.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def find_lazy_names(self):
        """Where a room's lazy names lie: labhelpers.data.make_shapes in ...data.drawn.shapes."""
        for name, tree in self.trees.items():
            for call in ast.walk(tree):
                for keyword in getattr(call, "keywords", ()):
                    if keyword.arg == "submod_attrs":
                        for module, attributes in ast.literal_eval(keyword.value).items():
                            for attribute in attributes:
                                yield f"{name}.{attribute}", f"{name}.{module}"

    def find_needy(self):
        """The modules that load a backend, by themselves or by what they import at their top."""
        tops = {
            name: set(self.find_imports(name, walk_top(self.trees[name]))) for name in self.files
        }
        needy = {
            name for name, top in tops.items() if {part.split(".")[0] for part in top} & {*BACKENDS}
        }
        grown = True
        while grown:
            more = {name for name, top in tops.items() if {*map(self.find_module, top)} & needy}
            grown = not more <= needy
            needy |= more
        return needy

    def find_imports(self, name, nodes=None):
        """Every name that a module's nodes import, with relative imports resolved."""
        file = self.files[name]
        package = file.relative_to(self.root.parent).parts[:-1]
        for node in ast.walk(self.trees[name]) if nodes is None else nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    up = package[: len(package) - node.level + 1]
                    base = ".".join([*up, *filter(None, [node.module])])
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def find_module(self, name):
        """The module of this package that an import reaches, or None."""
        name = self.lazy.get(name, name)
        while name not in self.files and "." in name:
            name = name.rpartition(".")[0]
        return name if name in self.files else None

    def room_of(self, name):
        return [*name.split("."), ""][1]

    def find_reached(self, name):
        """The modules that a module imports; a room also those that it loads when asked."""
        reached = {self.find_module(target) for target in self.find_imports(name)}
        reached |= {self.lazy[lazy] for lazy in self.lazy if lazy.rpartition(".")[0] == name}
        return reached & set(self.files)


def find_wrong_imports(package):
    """Modules that import from a room on their right, or a workshop from outside of it."""
    wrong = set()
    for name in package.files:
        room = package.room_of(name)
        for target in package.find_imports(name):
            parts = target.split(".")
            other = parts[1] if parts[0] == package.root.name and len(parts) > 1 else ""
            to_workshop = other in WORKSHOPS and room not in WORKSHOPS
            known = room in ROOMS and other in ROOMS
            to_right = known and ROOMS.index(other) > ROOMS.index(room)
            from_top = not room and other in ROOMS[2:]
            if to_workshop or to_right or from_top:
                wrong.add(f"{name} imports from {other}")
    return wrong


def find_circles(package):
    """Groups of modules of which each reaches each other."""
    names = list(package.files)
    reached = [package.find_reached(name) for name in names]
    reaches = np.array([[target in those for target in names] for those in reached])
    count, group_of = connected_components(reaches, connection="strong")
    groups = [[n for n, g in zip(names, group_of, strict=True) if g == k] for k in range(count)]
    return {" <-> ".join(group) for group in groups if len(group) > 1}


def find_hidden_imports(package):
    """Imports inside functions of what is always there, and loads no backend."""
    hidden, needy = set(), package.find_needy()
    for name, tree in package.trees.items():
        for function in ast.walk(tree):
            if isinstance(function, FUNCTIONS):
                for target in package.find_imports(name, ast.walk(function)):
                    is_optional = target.split(".")[0] in OPTIONAL
                    if not is_optional and package.find_module(target) not in needy:
                        hidden.add(f"{name} imports {target} in {function.name}")
    return hidden


def list_siblings(folder):
    return [
        path
        for path in folder.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    ]


def find_crowded_folders(package):
    """Folders with more siblings than a reader can look through."""
    crowded = set()
    for file in package.files.values():
        if file.stem == "__init__":
            folder = file.parent.relative_to(package.root).as_posix()
            count = len(list_siblings(file.parent))
            if folder not in LISTS and count > MOST_SIBLINGS:
                crowded.add(f"{folder} holds {count}")
    return crowded


def find_twins(package):
    """Modules of the same name in different places."""
    places = defaultdict(list)
    for name, file in package.files.items():
        if file.stem != "__init__" and file.parent.name != "exercises":
            places[file.stem].append(name)
    return {" and ".join(names) for names in places.values() if len(names) > 1}


def find_catch_alls(package):
    """Modules and folders whose names say nothing."""
    return {name for name in package.files if CATCH_ALLS & set(name.split(".")[1:])}


RULES = {
    "left only": find_wrong_imports,
    "no circles": find_circles,
    "no hidden imports": find_hidden_imports,
    "small folders": find_crowded_folders,
    "one of a name": find_twins,
    "no catch-alls": find_catch_alls,
}


@pytest.fixture(scope="module")
def package():
    return Package(PACKAGE)


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps_its_promises(package, rule):
    assert RULES[rule](package) == set()


def make_package(folder, files):
    """A small package with all rooms and these files besides."""
    root = folder / "labhelpers"
    rooms = [f"{room}/__init__.py" for room in (*ROOMS[2:], *WORKSHOPS[:3])]
    texts = dict.fromkeys(["__init__.py", "arguments.py", "renamed.py", *rooms], "")
    for name, text in {**texts, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Package(root)


def find_all(package):
    return {rule for rule, find in RULES.items() if find(package)}


def test_a_sound_package_breaks_no_rule(tmp_path):
    sound = {
        "data/fetch/__init__.py": "",
        "data/fetch/places.py": "from labhelpers.arguments import check_count",
        "data/splits.py": "from .fetch import places",
        "models/layers.py": "import keras\nfrom labhelpers.data import splits",
        "training/fit.py": "def fit():\n    import keras",
        "training/speed.py": "from labhelpers.models import layers",
        "insight/page.py": "def show():\n    from labhelpers.training.speed import measure",
        "commands/cli.py": "import labhelpers.authoring.book",
        "authoring/book.py": "from labhelpers.lesson.ledger import read",
        "lesson/ledger.py": "import json",
        "lesson/exercises/__init__.py": "",
        "lesson/exercises/splits.py": "from labhelpers.lesson import ledger",
    }
    assert find_all(make_package(tmp_path, sound)) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import labhelpers.training.fit",
        "from labhelpers.training import fit",
        "from labhelpers import training",
        "from ..training import fit",
        "from .. import training",
        "import labhelpers.commands",
        "from labhelpers.authoring.book import build",
        "if True:\n    from labhelpers.lesson import start",
    ],
)
def test_an_import_from_the_right_or_from_a_workshop_is_seen(tmp_path, line):
    wrong = {"models/wrong.py": line, "training/fit.py": "", "authoring/book.py": "build = 0"}
    assert find_all(make_package(tmp_path, wrong)) == {"left only"}


@pytest.mark.parametrize("file", ["arguments.py", "renamed.py", "__init__.py"])
def test_what_all_rooms_use_takes_from_none(tmp_path, file):
    wrong = {file: "import labhelpers.data.splits", "data/splits.py": ""}
    assert find_all(make_package(tmp_path, wrong)) == {"left only"}


@pytest.mark.parametrize(
    "files",
    [
        {"data/a.py": "import labhelpers.data.b", "data/b.py": "from labhelpers.data import a"},
        {
            "data/a.py": "from . import b",
            "data/b.py": "from labhelpers.data.c import x",
            "data/c.py": "from labhelpers.data.a import y\nx = 0",
        },
        {
            "data/__init__.py": 'attach(__name__, submod_attrs={"a": ["make"]})',
            "data/a.py": "from labhelpers.data.b import b\ndef make(): ...",
            "data/b.py": "from labhelpers.data import make",
        },
    ],
    ids=["two", "three", "by a lazy name"],
)
def test_a_circle_is_seen(tmp_path, files):
    assert find_all(make_package(tmp_path, files)) == {"no circles"}


def test_a_circle_is_seen_through_a_function(tmp_path):
    files = {
        "data/a.py": "import labhelpers.data.b",
        "data/b.py": "def late():\n    from labhelpers.data.a import x",
    }
    assert find_all(make_package(tmp_path, files)) == {"no circles", "no hidden imports"}


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import json",
        "class A:\n    def f(self):\n        from pathlib import Path",
        "async def f():\n    if True:\n        import numpy as np",
    ],
)
def test_a_hidden_import_is_seen(tmp_path, text):
    assert find_all(make_package(tmp_path, {"data/a.py": text})) == {"no hidden imports"}


def test_a_crowded_folder_is_seen_but_a_list_may_grow(tmp_path):
    many = {f"{{}}/n{number}.py": "" for number in range(MOST_SIBLINGS)}
    for folder, broken in (("data", {"small folders"}), ("widgets", set())):
        files = {name.format(folder): text for name, text in many.items()}
        assert find_all(make_package(tmp_path / folder / "just", files)) == set()
        files[f"{folder}/more/__init__.py"] = ""
        assert find_all(make_package(tmp_path / folder / "more", files)) == broken


def test_twins_are_seen(tmp_path):
    files = {"data/shapes.py": "", "models/shapes.py": ""}
    assert find_all(make_package(tmp_path, files)) == {"one of a name"}


@pytest.mark.parametrize("file", ["data/utils.py", "lesson/helpers/__init__.py", "misc.py"])
def test_a_name_that_says_nothing_is_seen(tmp_path, file):
    assert find_all(make_package(tmp_path, {file: ""})) == {"no catch-alls"}


def test_every_module_lives_in_a_room():
    folders = {p.name for p in PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    files = {p.stem for p in PACKAGE.glob("*.py") if p.stem != "__init__"}
    assert folders | files == {*ROOMS, *WORKSHOPS}


def run_python(code):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT / "book",
        check=True,
    )


@pytest.mark.parametrize("room", ["", *ROOMS, "commands.cli"])
def test_importing_loads_no_backend(room):
    name = f"labhelpers.{room}".rstrip(".")
    code = f"import json, sys, {name}; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(run_python(code).stdout)
    assert name in loaded
    assert not set(BACKENDS) & set(loaded)
    assert "matplotlib" not in loaded


@pytest.mark.parametrize("commands", ["cli", "teacher", "author"])
def test_commands_load_nothing_that_takes_longer_than_they(commands):
    code = f"import sys, labhelpers.commands.{commands}; print(*sys.modules)"
    slow = {"scipy.stats", "rfc3987_syntax.syntax_helpers", "nbclient"}
    assert not slow & set(run_python(code).stdout.split())


def test_importing_the_package_is_quick():
    code = (
        "import time; start = time.perf_counter(); import labhelpers; "
        "print(time.perf_counter() - start)"
    )
    # The machine may be busy: the best of three is the package's own time.
    assert min(float(run_python(code).stdout) for _ in range(3)) < 0.3
