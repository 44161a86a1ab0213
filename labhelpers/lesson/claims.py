"""Claims: what was reported elsewhere, and what ours must reach."""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.ledger import LEDGER_NAME, Entry, Summary, read_ledger, summarise
from labhelpers.lesson.result_files import find_results, read_text

CLAIMS_NAME = "claims.toml"


@dataclass(frozen=True)
class Claim:
    """A number or a remark from elsewhere, and the goal set beside it.

    Attributes:
        row: The experiment, such as "A1".
        metric: What we measure, as recorded.
        what: The same in words.
        reported: What was reported: a number, a text, or None where nothing was.
        source: Where it was reported.
        at_least: The goal for a number that is better higher, or None.
        at_most: The goal for a number that is better lower, or None.
        between: The goal as two ends, or None.
        seeds: Number of runs that our mean needs.
        argued: Why the goal is not reached, where it is not and that is understood.
        unit: Of the numbers, or None.
    """

    row: str
    metric: str
    what: str
    reported: float | str | None
    source: str
    at_least: float | None = None
    at_most: float | None = None
    between: Sequence[float] | None = None
    seeds: int = 5
    argued: str | None = None
    unit: str | None = None

    @property
    def goal(self) -> str:
        """The goal in signs, such as "≥ 0.99"; empty where none is set."""
        parts = []
        if self.at_least is not None:
            parts.append(f"≥ {self.at_least:g}")
        if self.at_most is not None:
            parts.append(f"≤ {self.at_most:g}")
        if self.between is not None:
            parts.append("{:g} to {:g}".format(*self.between))
        return ", ".join(parts)

    def is_reached_by(self, value: float) -> bool:
        """Says whether a number reaches the goal; any does where none is set."""
        low, high = self.between or (value, value)
        return (
            low <= value <= high
            and (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
        )


@dataclass(frozen=True)
class Judgement:
    """A claim beside what the ledger says.

    The verdict is "met", "argued" (not met, and the claim says why), "missed", "shown" (there is
    no goal) or "too few runs".
    """

    claim: Claim
    ours: Summary
    verdict: str


def reported(row: str, metric: str) -> float | str | None:
    """Returns what was reported elsewhere.

    Args:
        row: The experiment, such as "B2".
        metric: What was measured, such as "test_score".

    Returns:
        The reported number or text; None where the claim is ours alone.

    Raises:
        KeyError: If claims.toml has no such claim.
    """
    claims = load_claims()
    for claim in claims:
        if (claim.row, claim.metric) == (row, metric):
            return claim.reported
    known = ", ".join(f"{claim.row} {claim.metric}" for claim in claims if claim.row == row)
    raise KeyError(f"no claim {row} {metric}; {CLAIMS_NAME} has {known or 'none of that row'}")


def load_claims(path: Path | None = None) -> list[Claim]:
    """Reads the claims, the book's own without a path, in the file's order.

    Raises:
        BookError: If the file is missing or a claim in it is not well formed.
    """
    path = path or find_results() / CLAIMS_NAME
    text = read_text(path)
    if text is None:
        raise BookError(f"{path} is missing: take it as git has it")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BookError(f"{path.name}: {error}") from None
    if other := set(data) - {"claim"}:
        raise BookError(f"{path.name}: unknown {', '.join(sorted(other))}; write [[claim]]")
    claims = [_read_claim(item, n, path.name) for n, item in enumerate(data.get("claim", []), 1)]
    names = [f"{claim.row} {claim.metric}" for claim in claims]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BookError(f"{path.name}: {twice[0]} is claimed twice")
    return claims


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_span(value: Any) -> bool:
    is_pair = isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
    return is_pair and value[0] <= value[1]


# Of each field: what holds for it, the same in words, and whether a claim needs it.
_FIELDS: dict[str, tuple[Callable[[Any], bool], str, bool]] = {
    **dict.fromkeys(("row", "metric", "what", "source"), (_is_text, "a text", True)),
    **dict.fromkeys(("at_least", "at_most"), (_is_number, "a number", False)),
    "between": (_is_span, "[lower, upper]", False),
    "reported": (lambda v: _is_number(v) or _is_text(v), "a number or a text", False),
    "seeds": (lambda v: type(v) is int and v >= 1, "a whole number from 1", False),
    "argued": (_is_text, "a sentence that says why", False),
    "unit": (_is_text, "a text", False),
}


def _read_claim(item: dict[str, Any], number: int, file: str) -> Claim:
    where = f"{file}, claim {number} ({item.get('row', '?')} {item.get('metric', '?')})"
    if unknown := sorted(set(item) - set(_FIELDS)):
        raise BookError(f"{where}: unknown {', '.join(unknown)}; known are {sorted(_FIELDS)}")
    for name, (fits, wanted, is_needed) in _FIELDS.items():
        if (is_needed or name in item) and not fits(item.get(name)):
            raise BookError(f"{where}: {name} must be {wanted}, but is {item.get(name)!r}")
    return Claim(**{"reported": None, **item})


def judge_claims(claims: Iterable[Claim], entries: Iterable[Entry]) -> list[Judgement]:
    """Sets each claim beside what we measured."""
    entries = list(entries)
    judgements = []
    for claim in claims:
        ours = summarise(entries, claim.row, claim.metric)
        if ours.n < claim.seeds:
            verdict = "too few runs"
        elif claim.is_reached_by(ours.mean):
            verdict = "met" if claim.goal else "shown"
        else:
            verdict = "argued" if claim.argued else "missed"
        judgements.append(Judgement(claim, ours, verdict))
    return judgements


def judge_all(folder: Path | None = None) -> list[Judgement]:
    """Judges all claims of a folder, the book's own without, by the ledger beside them."""
    folder = folder or find_results()
    return judge_claims(load_claims(folder / CLAIMS_NAME), read_ledger(folder / LEDGER_NAME))
