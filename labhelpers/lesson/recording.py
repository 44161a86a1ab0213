"""Keeping what a chapter measures, in its own process, until it has come to its end."""

import contextlib
import json
import math
import platform
import re
import sys
from datetime import UTC, datetime
from typing import Any

from labhelpers.data.sets.standins import standins_used
from labhelpers.training import describe_hardware

_ROW = re.compile(r"[A-Z]\d{1,2}[a-z]?")
_METRIC = re.compile(r"[a-z][a-z0-9_]*")
_OF_RUN = ("parameters", "seconds", "device", "precision")
_kept: dict[tuple[str, str], dict[str, Any]] = {}
_asked: dict[str, list[float]] = {}


def record(
    row: str,
    metric: str,
    value: Any,
    *,
    run: Any = None,
    unit: str | None = None,
    timing: bool = False,
) -> None:
    """Keeps a measured number for the ledger.

    Nothing is written here. `labs book run` and `labs book replicate` collect what was recorded
    when the chapter has come to its end, in the full profile; elsewhere it is forgotten.
    Recording the same row and metric again replaces the number.

    Args:
        row: The experiment, such as "A1". The cell carries the tag `row-A1`.
        metric: What was measured, such as "test_score": small letters, digits, underscores.
        value: One finite number.
        run: What `fit_model` returned, for parameters, seconds, device and precision.
        unit: Unit of the value, such as "px"; none for a share or a count.
        timing: Whether the value measures the machine: a time, a speed, memory. Another run gives
            another, and `labs book verify` does not compare it.

    Raises:
        ValueError: If a name has another form, or the value is not one finite number.
    """
    if not isinstance(row, str) or not _ROW.fullmatch(row):
        raise ValueError(
            f"row must be a letter and a number, but is {row!r}. Write for example "
            'record("A1", "test_score", score).'
        )
    if not isinstance(metric, str) or not _METRIC.fullmatch(metric):
        raise ValueError(
            f"metric must be of small letters, digits and underscores, but is {metric!r}. "
            'Write for example "test_score".'
        )
    if unit is not None and not isinstance(unit, str):
        raise ValueError(f'unit must be a text such as "px", or None, but is {unit!r}.')
    if not isinstance(timing, bool):
        raise ValueError(f"timing must be True or False, but is {timing!r}.")
    _kept[row, metric] = {
        "row": row,
        "metric": metric,
        "value": _to_number(row, metric, value),
        "unit": unit,
        "timing": timing,
        **{name: getattr(run, name, None) for name in _OF_RUN},
    }


def name_metric(text: str) -> str:
    """Makes the name of a metric from words that a reader sees, such as a row of a table.

    Args:
        text: Letters and digits in any case; all between them becomes an underscore.

    Returns:
        A name that `record` takes, if the text begins with a letter.

    Example:
        >>> name_metric("SGD, decay 3e-4")
        'sgd_decay_3e_4'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def note_asked(row: str, metric: str, n: int, mean: float) -> None:
    """Notes that the chapter read a result of the ledger, so that it is known what it shows."""
    _asked[f"{row} {metric}"] = [n, mean if n else 0.0]


def _to_number(row: str, metric: str, value: Any) -> int | float:
    """Returns a plain int or float of a number of Python, NumPy or a backend."""
    number = value
    if hasattr(value, "numpy") and not hasattr(value, "item"):  # a tensor of TensorFlow
        number = value.numpy()
    if hasattr(number, "item"):
        with contextlib.suppress(TypeError, ValueError, RuntimeError):  # more than one number
            number = number.item()
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError(
            f"value of {row} {metric} must be one number, but is a {type(value).__name__}. "
            "Take its mean, or record each number under a metric of its own."
        )
    if not math.isfinite(number):
        raise ValueError(
            f"value of {row} {metric} must be finite, but is {number!r}. Find out why before "
            "recording it: did the training diverge?"
        )
    # NumPy's float64 is a float by inheritance, and prints as its own.
    return int(number) if isinstance(number, int) else float(number)


def describe_process() -> str:
    """Describes what this process recorded and ran on, as JSON.

    Returns:
        An object with `records`, `standins` (names of drawn data sets), `machine` (cpu, cores,
        device, precision), `versions`, and `asked` (results read from the ledger).
    """
    hardware = describe_hardware()
    versions = {"python": platform.python_version()}
    for name in ("numpy", "keras"):
        if name in sys.modules:
            versions[name] = sys.modules[name].__version__
    if "keras" in sys.modules:
        backend = sys.modules.get(hardware.backend)
        versions["backend"] = hardware.backend
        versions["backend_version"] = getattr(backend, "__version__", "unknown")
    return json.dumps(
        {
            "records": list(_kept.values()),
            "standins": list(standins_used()),
            "machine": {
                "cpu": hardware.cpu,
                "cores": hardware.cores,
                "device": hardware.gpu or hardware.cpu,
                "precision": hardware.precision,
            },
            "versions": versions,
            "asked": dict(sorted(_asked.items())),
            "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )
