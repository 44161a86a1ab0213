"""Which modules of the package a chapter reaches, read from the texts alone."""

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from labhelpers.authoring.chapters.sources import list_code
from labhelpers.authoring.trust.effects import ANSWERING, Effect, find_effect, is_within
from labhelpers.authoring.trust.hashing import hash_module

_ROOT = "labhelpers"


@dataclass(frozen=True)
class Package:
    """The texts of the package, by import name, as they are in a folder or in a commit."""

    sources: Mapping[str, str]
    # By package, where it finds the names that it only lists: module by name.
    lists: Mapping[str, Mapping[str, str]] = field(repr=False)


def read_package(root: Path) -> Package:
    """Reads the package of a folder."""
    files = sorted((root / _ROOT).rglob("*.py"))
    return make_package(
        {p.relative_to(root).as_posix(): p.read_bytes().decode("utf-8") for p in files}
    )


def make_package(texts: Mapping[str, str]) -> Package:
    """Makes a package of its files' texts, by path such as "labhelpers/data/noise.py"."""
    sources, lists = {}, {}
    for path, text in texts.items():
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        sources[name] = text
        if path.endswith("/__init__.py"):
            lists[name] = {one: f"{name}.{module}" for one, module in _read_lists(text)}
    return Package(sources, lists)


def hash_numbers(package: Package, cells: Iterable[Mapping]) -> dict[str, str]:
    """Hashes the modules that can move a chapter's numbers: 12 hexadecimal digits by name."""
    chosen = pick_effective(package, find_reached(package, cells), "numbers")
    return {name: hash_module(package.sources[name]) for name in chosen}


def hash_chapter(root: Path, cells: Iterable[Mapping]) -> str:
    """Returns 16 hexadecimal digits for all that can move a chapter's numbers, beside its code."""
    return join_hashes(hash_numbers(read_package(root), cells))


def join_hashes(hashes: Mapping[str, str]) -> str:
    """Returns 16 hexadecimal digits for the hashes of several modules and their names."""
    text = "\n".join(f"{name} {digits}" for name, digits in sorted(hashes.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pick_effective(package: Package, modules: Iterable[str], effect: Effect) -> list[str]:
    """Picks the modules that have an effect, sorted, those left out that only list names."""
    chosen = sorted(name for name in modules if find_effect(name) == effect)
    return [name for name in chosen if not _only_lists(package.sources[name])]


def find_reached(package: Package, cells: Iterable[Mapping]) -> set[str]:
    """Finds the modules that a chapter imports, itself or through others.

    What looks at answers is reached, but nothing through it.
    """
    reached: set[str] = set()
    ahead = [name for cell in list_code(cells) for name in _resolve(package, "", cell["source"])]
    while ahead:
        name = ahead.pop()
        if name in reached:
            continue
        reached.add(name)
        if not is_within(name, ANSWERING):
            ahead += _resolve(package, name, package.sources[name])
        holder = name.rpartition(".")[0]
        ahead += [holder] if holder in package.sources else []  # runs before what it holds
    return reached


def list_imported(package: Package, name: str) -> set[str]:
    """Returns the modules of the package that a module imports."""
    return set(_resolve(package, name, package.sources[name]))


def _resolve(package: Package, module: str, source: str) -> Iterator[str]:
    """Yields the modules that some code imports."""
    holder = module if module in package.lists else module.rpartition(".")[0]
    for level, place, name in _list_imports(source):
        if level:
            base = ".".join(holder.split(".")[: len(holder.split(".")) - level + 1])
            place = f"{base}.{place}" if place else base
        yield from _find_modules(package, place, name)


def _find_modules(package: Package, place: str, name: str | None) -> Iterator[str]:
    """Yields the modules behind `import place`, or behind `from place import name`."""
    if name is None or place not in package.lists:
        if place in package.sources:
            yield place
            if name is None:  # by a dot, any of its names may be used
                yield from dict.fromkeys(package.lists.get(place, {}).values())
        return
    yield place
    listed = package.lists[place].get(name)
    if f"{place}.{name}" in package.sources:
        yield from _find_modules(package, f"{place}.{name}", None)
    elif listed in package.lists:
        yield from _find_modules(package, listed, name)
    elif listed in package.sources:
        yield listed


@lru_cache(maxsize=4096)
def _list_imports(source: str) -> tuple[tuple[int, str, str | None], ...]:
    """Lists what code imports, also within functions: level, place and name, or None for all.

    So does `import_module` with the name in full.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ()
    found: list[tuple[int, str, str | None]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(0, alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.level, node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            literals = [given for given in node.args if isinstance(given, ast.Constant)]
            found += [(0, str(given.value), None) for given in literals]
    return tuple(one for one in found if one[0] or one[1].split(".")[0] == _ROOT)


@lru_cache(maxsize=1024)
def _read_lists(source: str) -> tuple[tuple[str, str], ...]:
    """Reads the names that `lazy_loader.attach` finds in modules: pairs of name and module."""
    pairs: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("attach"):
            for given in node.keywords:
                if given.arg == "submod_attrs":
                    listed = ast.literal_eval(given.value)
                    pairs += [(name, module) for module in listed for name in listed[module]]
    return tuple(pairs)


@lru_cache(maxsize=1024)
def _only_lists(source: str) -> bool:
    """Says whether a module only lists names: it imports, and assigns, and defines nothing."""
    kinds = (ast.Import, ast.ImportFrom, ast.Assign, ast.AugAssign)
    code = [node for node in ast.parse(source).body if not isinstance(node, ast.Expr)]
    return not code or (bool(_read_lists(source)) and all(isinstance(n, kinds) for n in code))
