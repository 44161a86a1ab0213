"""Widgets: what readers move, in the built book without a kernel and in notebooks with one.

Each is an anywidget whose JavaScript module does the work in the browser, with networks exported
by `export_model`. Importing this package loads neither a backend nor anywidget.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "RecordedTraining": "training",
    "export_model": "export",
    "pack_model": "export",
    "record_training": "training",
    "show_corner_finder": "corner_finder",
    "show_descent": "descent",
    "show_draw_and_classify": "draw_and_classify",
    "show_filters": "filters",
    "show_frames": "frames",
    "show_hyperparameters": "hyperparameters",
    "show_noise_explorer": "noise_explorer",
    "show_training": "training",
}

__all__ = [
    "RecordedTraining",
    "export_model",
    "pack_model",
    "record_training",
    "show_corner_finder",
    "show_descent",
    "show_draw_and_classify",
    "show_filters",
    "show_frames",
    "show_hyperparameters",
    "show_noise_explorer",
    "show_training",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
