"""A search over settings by successive halving, through joblib, that a kill does not lose."""

import hashlib
import json
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from labhelpers.arguments import check_count
from labhelpers.training.search.parent_process import end_with_parent
from labhelpers.training.search.sweep_files import SweepError, SweepFile

Train = Callable[..., Iterable[Mapping[str, float]]]
_DIVERGED = "diverged: "


@dataclass(frozen=True)
class Outcome:
    """What came of one training.

    Attributes:
        number: Which setting, from 0.
        setting: Its values.
        epochs: How many it was given.
        history: The measures after each epoch; those before the failure where it failed.
        seconds: How long it took, on its worker.
        failure: Why it failed; None where it did not.
    """

    number: int
    setting: dict[str, Any]
    epochs: int
    history: tuple[dict[str, float], ...]
    seconds: float
    failure: str | None = None

    @property
    def diverged(self) -> bool:
        """Whether it failed since its measures left the finite numbers."""
        return self.failure is not None and self.failure.startswith(_DIVERGED)

    @property
    def score(self) -> float | None:
        """The last score; None where the training failed."""
        return None if self.failure else self.history[-1]["score"]

    def curve(self, measure: str) -> list[float]:
        """One measure, after each epoch."""
        return [values[measure] for values in self.history]


@dataclass(frozen=True)
class Sweep:
    """What `run_sweep` found.

    Attributes:
        outcomes: Every training, rung by rung, by number of its setting.
        rungs: Epochs of each rung.
    """

    outcomes: tuple[Outcome, ...]
    rungs: tuple[int, ...]

    @property
    def last(self) -> list[Outcome]:
        """The longest training of each setting, the best first and those that failed last."""
        longest = {one.number: one for one in self.outcomes}.values()
        return sorted(longest, key=_rank)

    @property
    def best(self) -> Outcome:
        """The winner, which has the best score among those that came furthest.

        Raises:
            SweepError: If every setting failed.
        """
        first = self.last[0]
        if first.failure:
            raise SweepError(f"every setting failed; the first one: {first.failure}")
        return first

    @property
    def epochs(self) -> int:
        """Epochs that were trained, over all settings and rungs."""
        return sum(len(one.history) for one in self.outcomes)


def _rank(one: Outcome) -> tuple[bool, int, float, int]:
    return one.failure is not None, -one.epochs, -(one.score or 0.0), one.number


def make_rungs(epochs: int, *, factor: int = 3) -> tuple[int, ...]:
    """Makes the rungs of a search by successive halving.

    Args:
        epochs: Of the last rung.
        factor: What each rung has more of than the one before, at least 2.

    Returns:
        The epochs of each rung, rising: divided by the factor until less than that is left.

    Example:
        >>> make_rungs(9), make_rungs(10), make_rungs(1)
        ((1, 3, 9), (1, 3, 10), (1,))
    """
    rungs = [check_count("epochs", epochs)]
    while rungs[0] >= check_count("factor", factor, at_least=2):
        rungs.insert(0, rungs[0] // factor)
    return tuple(rungs)


def run_sweep(
    train: Train,
    settings: Sequence[Mapping[str, Any]],
    *,
    data: Sequence[Any] = (),
    rungs: Sequence[int] = (1, 3, 9),
    factor: int = 3,
    path: Path | str | None = None,
    about: Mapping[str, Any] | None = None,
    on_done: Callable[[Outcome, int, int], None] | None = None,
) -> Sweep:
    """Trains all settings for a few epochs, and the best of them again for more.

    In each rung every setting left is trained from the start; one in `factor`, those with the best
    last score, go on to the next rung. The trainings go through joblib, so a surrounding
    `joblib.parallel_config` decides where they run; each keeps to one thread of the matrix library.

    Args:
        train: Called as `train(setting, epochs, *data)`; yields a mapping of measures after each
            epoch, `score` among them, better higher. A training fails, and the search goes on,
            if it raises an exception or if a measure is not a finite number: then, and with a
            `FloatingPointError`, it has diverged.
        settings: What to try; values of plain JSON.
        data: Further arguments, the same for all. Large arrays are given to the workers once.
        rungs: Epochs of each rung, rising.
        factor: Of each rung's settings, one in so many goes on, at least one.
        path: Where each finished training is written; if the file is there, the search goes on
            from it. Without, nothing is written.
        about: What else makes this search this search, such as the data's name: a file of
            another search is refused.
        on_done: Called after each training with its outcome, how many are done, and of how many.

    Returns:
        All trainings, those read from the file among them.

    Raises:
        TypeError, ValueError: If there are no settings, or the rungs do not rise.
        SweepError: If the file is of another search, or in use.

    Source:
        K. Jamieson and A. Talwalkar (2016), Non-stochastic best arm identification and
        hyperparameter optimization.
    """
    rungs, factor = _check_rungs(rungs), check_count("factor", factor, at_least=2)
    settings = [dict(setting) for setting in settings]
    if not settings:
        raise ValueError("settings must be at least one, but the list is empty.")
    identity = {"settings": len(settings), "rungs": list(rungs), "factor": factor}
    identity |= dict(about or {}) | {"digest": _digest(settings)}
    file = SweepFile(Path(path), identity) if path is not None else None
    with file.hold() if file else nullcontext([]) as records, threadpool_limits(1):
        known = {(one.number, one.epochs): one for one in map(_read_outcome, records)}
        numbers, outcomes = list(range(len(settings))), []
        for level, epochs in enumerate(rungs):
            tasks = [
                joblib.delayed(_run_trial)(os.getpid(), train, n, settings[n], epochs, tuple(data))
                for n in numbers
                if (n, epochs) not in known
            ]
            later = _count_later(len(numbers), factor, len(rungs) - level - 1)
            for one in joblib.Parallel(return_as="generator_unordered")(tasks):
                known[one.number, epochs] = one
                if file is not None:
                    file.append(asdict(one))
                if on_done is not None:
                    done = sum((n, epochs) in known for n in numbers) + len(outcomes)
                    on_done(one, done, len(outcomes) + len(numbers) + later)
            rung = [known[number, epochs] for number in numbers]
            outcomes += rung
            # The best share of those that did not fail goes on.
            whole = sorted((one for one in rung if not one.failure), key=_rank)
            numbers = sorted(one.number for one in whole[: max(1, len(rung) // factor)])
            if not numbers:
                break
    return Sweep(tuple(outcomes), rungs)


def _count_later(count: int, factor: int, rungs: int) -> int:
    """Counts the trainings of the rungs that come after one of `count`."""
    later = 0
    for _ in range(rungs):
        count = max(1, count // factor)
        later += count
    return later


def _run_trial(
    parent: int,
    train: Train,
    number: int,
    setting: dict[str, Any],
    epochs: int,
    data: tuple[Any, ...],
) -> Outcome:
    """Trains one setting, on a worker; whatever goes wrong in it is its outcome."""
    end_with_parent(parent)
    start, history, failure = time.perf_counter(), [], None
    try:
        # Numbers beyond all bounds are expected here, and told as the outcome.
        with np.errstate(all="ignore"), threadpool_limits(1):
            for measured in train(setting, epochs, *data):
                values = {name: float(value) for name, value in measured.items()}
                wrong = [name for name, value in values.items() if not math.isfinite(value)]
                if wrong:
                    place = f"after epoch {len(history) + 1}"
                    failure = f"{_DIVERGED}{wrong[0]} is not finite {place}"
                    break
                history.append(values)
        if not failure and not (history and "score" in history[-1]):
            failure = "train must yield a mapping with a score after each epoch, but did not"
    except Exception as error:  # recorded, and the search goes on
        kind = _DIVERGED if isinstance(error, FloatingPointError) else f"{type(error).__name__}: "
        failure = " ".join(f"{kind}{error}".split())
    seconds = round(time.perf_counter() - start, 3)
    return Outcome(number, setting, epochs, tuple(history), seconds, failure)


def _read_outcome(record: dict[str, Any]) -> Outcome:
    try:
        return Outcome(**{**record, "history": tuple(record["history"])})
    except (KeyError, TypeError) as error:
        raise SweepError(f"a line of the file is no training of a search: {error}") from None


def _check_rungs(rungs: Sequence[int]) -> tuple[int, ...]:
    checked = tuple(check_count("rungs", epochs) for epochs in rungs)
    if not checked or any(b <= a for a, b in pairwise(checked)):
        raise ValueError(f"rungs must rise, such as (1, 3, 9), but are {rungs!r}.")
    return checked


def _digest(settings: list[dict[str, Any]]) -> str:
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
