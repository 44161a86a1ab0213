"""Fitting: profiles, seeds, the machine, and `fit_model`.

Importing this room loads no backend.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Hardware": "hardware",
    "HyperparameterResults": "hyperparameters",
    "Profile": "profiles",
    "Run": "fit",
    "TrainingDiverged": "watch",
    "choose_profile": "profiles",
    "describe_hardware": "hardware",
    "fit_model": "fit",
    "get_seed": "seeds",
    "measure_hyperparameters": "hyperparameters",
    "set_seed": "seeds",
}

__all__ = [
    "Hardware",
    "HyperparameterResults",
    "Profile",
    "Run",
    "TrainingDiverged",
    "choose_profile",
    "describe_hardware",
    "fit_model",
    "get_seed",
    "measure_hyperparameters",
    "set_seed",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
