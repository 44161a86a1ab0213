"""Where images come from.

Importing this room loads nothing; asking it for a name loads the file that holds it.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "DataError": "errors",
    "ImageData": "images",
    "data_root": "places",
    "load_mnist": "mnist",
    "standin_wanted": "standins",
    "standins_used": "standins",
}

__all__ = [
    "DataError",
    "ImageData",
    "data_root",
    "load_mnist",
    "standin_wanted",
    "standins_used",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
