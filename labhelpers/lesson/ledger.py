"""The ledger: every number the book states, with what made it."""

import functools
import json
import math
import os
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.recording import describe_process, note_asked
from labhelpers.lesson.result_files import find_results, read_text
from labhelpers.training.seeds import get_seed

LEDGER_NAME = "ledger.jsonl"
# Says to a chapter's kernel that its numbers will go into the ledger, and the hash of the code of
# each of its rows, as JSON; and the hash of the package's numbers.
CODES_VARIABLE = "LABHELPERS_ROW_CODES"
NUMBERS_VARIABLE = "LABHELPERS_NUMBERS"
_AS_RECORDED = ("row", "metric", "value", "unit", "parameters", "precision")
_BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


@dataclass(frozen=True)
class Entry:
    """One recorded number.

    Attributes:
        row: The experiment, such as "A1".
        metric: What was measured, such as "test_score".
        seed: The run's seed.
        code: Hash of the cells that made it.
        numbers: Hash of the modules of the package that can move it.
        value: The number.
        unit: Its unit, or None.
        parameters: Of the model, or None.
        seconds: Of its training, or None.
        device: What it ran on.
        cpu: Name of the processor.
        precision: What it was trained in, or None.
        versions: Of Python, NumPy, Keras and the backend.
        date: When the run ended, in UTC, such as "2026-01-31T12:00:00Z".
        verified: The commit whose code made it, where `labs book verify` found that today's hashes
            stand for the same; else None.
    """

    row: str
    metric: str
    seed: int
    code: str
    numbers: str
    value: int | float
    unit: str | None
    parameters: int | None
    seconds: float | None
    device: str | None
    cpu: str
    precision: str | None
    versions: dict[str, str]
    date: str
    verified: str | None = None


@dataclass(frozen=True)
class Summary:
    """What several runs of one measurement say together.

    Attributes:
        mean: Mean over the runs; nan where there is none.
        deviation: Sample standard deviation of one run; nan where there are fewer than two.
        n: Number of runs.
        values: Their values, in the order of their seeds.
        unit: Unit of all these, or None.
        parameters: Of the model, or None.
        seconds: Mean time of a training, or None.
        devices: What the runs were made on.
        differing: In what the runs differ beside their seeds, in words, such as "different code"
            or "Keras 3.14.0 and 3.15.1".
    """

    mean: float
    deviation: float
    n: int
    values: tuple[float, ...]
    unit: str | None = None
    parameters: int | None = None
    seconds: float | None = None
    devices: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.n == 0:
            return "not measured yet"
        unit = f" {self.unit}" if self.unit else ""
        if self.n == 1:
            return f"{self.mean:.4g}{unit} (one run)"
        digits = find_digits(self.mean, self.deviation)
        runs = "; ".join(filter(None, [f"n = {self.n}", ", ".join(self.differing)]))
        return f"{self.mean:.{digits}f} ± {self.deviation:.{digits}f}{unit} ({runs})"


def ledger_summary(row: str, metric: str) -> Summary:
    """Summarises what the book's recorded runs say of one measurement.

    In a run that will be recorded, what it has measured so far stands in the place of what was
    recorded with its seed.

    Args:
        row: The experiment, such as "A1".
        metric: What was measured, such as "test_score".

    Returns:
        Mean, deviation and number of the runs made with the newest code. Where nothing is
        recorded yet, `n` is 0 and the others are nan.
    """
    path = find_results() / LEDGER_NAME
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    summary = summarise(_put_own_run(_read_cached(path, stamp)), row, metric)
    note_asked(row, metric, summary.n, summary.mean)
    return summary


@functools.lru_cache(maxsize=4)
def _read_cached(path: Path, stamp: int) -> tuple[Entry, ...]:
    return tuple(read_ledger(path))


def _put_own_run(entries: Sequence[Entry]) -> Sequence[Entry]:
    codes = json.loads(os.environ.get(CODES_VARIABLE, "{}"))
    if not codes:
        return entries
    numbers = os.environ.get(NUMBERS_VARIABLE, "")
    report = json.loads(describe_process())
    own = make_entries(report, seed=get_seed(), codes=codes, numbers=numbers)
    return sorted(merge_entries(entries, own), key=lambda entry: entry.seed)


def summarise(entries: Iterable[Entry], row: str, metric: str) -> Summary:
    """Summarises the entries of one measurement that the row's newest code made."""
    of_row = [entry for entry in entries if entry.row == row]
    if of_row:
        newest = max(of_row, key=lambda entry: entry.date).code
        of_row = [e for e in of_row if e.metric == metric and e.code == newest]
    values = tuple(float(entry.value) for entry in of_row)
    if not values:
        return Summary(math.nan, math.nan, 0, ())
    seconds = [entry.seconds for entry in of_row if entry.seconds is not None]
    return Summary(
        mean=statistics.fmean(values),
        deviation=statistics.stdev(values) if len(values) > 1 else math.nan,
        n=len(values),
        values=values,
        unit=of_row[-1].unit,
        parameters=of_row[-1].parameters,
        seconds=statistics.fmean(seconds) if seconds else None,
        devices=tuple(sorted({entry.device or entry.cpu for entry in of_row})),
        differing=tuple(_find_differing(of_row)),
    )


def _find_differing(entries: Sequence[Entry]) -> Iterator[str]:
    """Yields in words what did not stay the same from one entry to the next."""
    if len({entry.numbers for entry in entries}) > 1:
        yield "different code"
    listed = {name_versions(entry.versions) for entry in entries}
    for name in dict.fromkeys(name for versions in listed for name, _ in versions):
        found = sorted({dict(versions).get(name, "") for versions in listed} - {""})
        if len(found) > 1:
            yield f"{name} {' and '.join(found)}"
    if len({entry.versions.get("backend") for entry in entries} - {None}) > 1:
        yield "different backends"


def name_versions(versions: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Returns what numbers may depend on, by name: Keras, NumPy and the backend."""
    backend = versions.get("backend", "")
    told = {
        "Keras": versions.get("keras"),
        "NumPy": versions.get("numpy"),
        _BACKENDS.get(backend, backend): versions.get("backend_version"),
    }
    return tuple((name, version) for name, version in told.items() if version)


def find_digits(mean: float, deviation: float) -> int:
    """Returns the decimals worth showing: enough for two digits of the deviation, six at most.

    Without a deviation (nan or 0), enough for three digits of the mean.
    """
    if math.isfinite(deviation) and deviation > 0:
        return min(6, max(0, 1 - math.floor(math.log10(deviation))))
    if not math.isfinite(mean) or 0.1 <= abs(mean) < 100 or mean == 0:
        return 3
    return 1 if abs(mean) >= 100 else min(9, 2 - math.floor(math.log10(abs(mean))))


def read_ledger(path: Path) -> list[Entry]:
    """Reads a ledger, in the file's order; one that is not there is empty.

    Raises:
        BookError: If a line is not an entry.
    """
    names = [field.name for field in fields(Entry)]
    entries = []
    for number, line in enumerate((read_text(path) or "").splitlines(), start=1):
        try:
            data = {"verified": None, **json.loads(line)}
            entries.append(Entry(**{name: data[name] for name in names}))
        except (ValueError, TypeError, KeyError) as error:
            raise BookError(
                f"{path.name}, line {number}: not an entry of the ledger ({error}); "
                "take the file as git has it, then run labs book replicate again"
            ) from None
    return entries


def write_ledger(entries: Iterable[Entry]) -> str:
    """Writes entries as the text of a ledger: one JSON object a line, in a fixed order."""
    ordered = sorted(entries, key=lambda entry: (*_split_row(entry.row), entry.metric, entry.seed))
    return "".join(json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in ordered)


def _split_row(row: str) -> tuple[str, int, str]:
    digits = "".join(c for c in row if c.isdecimal())
    return row[:1], int(digits or 0), row


def merge_entries(old: Sequence[Entry], new: Sequence[Entry]) -> list[Entry]:
    """Puts a run's entries in place of the older ones of the same row and seed."""
    replaced = {(entry.row, entry.seed) for entry in new}
    return [entry for entry in old if (entry.row, entry.seed) not in replaced] + list(new)


def make_entries(
    report: Mapping[str, Any], *, seed: int, codes: Mapping[str, str], numbers: str
) -> list[Entry]:
    """Makes an entry of each number that a chapter's process recorded under one of these rows.

    Args:
        report: What `describe_process` said there.
        seed: The run's seed.
        codes: Hash of the code of each row.
        numbers: Hash of the modules of the package that can move what is measured.
    """
    machine = report["machine"]
    return [
        Entry(
            **{name: kept[name] for name in _AS_RECORDED},
            seed=seed,
            code=codes[kept["row"]],
            numbers=numbers,
            seconds=None if kept["seconds"] is None else round(kept["seconds"], 3),
            device=kept["device"] or machine["device"],
            cpu=machine["cpu"],
            versions=report["versions"],
            date=report["date"],
        )
        for kept in report["records"]
        if kept["row"] in codes
    ]
