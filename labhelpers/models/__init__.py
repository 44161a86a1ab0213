"""Builders of networks, ready to be fitted, one file a family.

Importing this room loads no backend; asking it for a name does.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "build_dense": "mnist",
    "build_global_pool_cnn": "shapes",
    "build_hourglass": "shapes",
    "build_linear": "shapes",
    "build_small_cnn": "shapes",
    "build_vertex_regressor": "shapes",
}

__all__ = [
    "build_dense",
    "build_global_pool_cnn",
    "build_hourglass",
    "build_linear",
    "build_small_cnn",
    "build_vertex_regressor",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
