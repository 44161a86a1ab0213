"""The book's own machinery: what chapters call, and what the `labs` command does.

Importing this room loads no backend.
"""

from importlib import import_module
from typing import Any

# Loaded at once: this file and its function share a name, and the function must win it.
from labhelpers.course.quiz import quiz

_HOMES = {
    "Summary": "ledger",
    "check": "checks",
    "ledger_summary": "ledger",
    "record": "recording",
    "reported": "claims",
    "say": "telling",
    "show_claims": "telling",
    "show_machines": "machines",
    "start_chapter": "start",
}

__all__ = [
    "Summary",
    "check",
    "ledger_summary",
    "quiz",
    "record",
    "reported",
    "say",
    "show_claims",
    "show_machines",
    "start_chapter",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
