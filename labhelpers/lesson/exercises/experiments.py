"""Checks of a student's own experiment: what was changed, predicted, measured and concluded."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labhelpers.insight.measure.comparisons import compare_scores
from labhelpers.lesson.exercises import Answer, Failed, Findings

_PREDICTIONS = ("lower", "higher", "same")
_FEWEST_SEEDS = 3
_FEWEST_WORDS = 6

FindFault = Callable[[Sequence[float]], str | None]


def check_experiment(
    answer: Answer,
    *,
    measure: str,
    quantity: str,
    find_impossible: FindFault,
    find_unsound: FindFault,
) -> Findings:
    """Checks the form of a report, and says what its pairs of runs tell about the prediction.

    The report is a dictionary with the keys `change`, `prediction`, `unchanged_MEASURE`,
    `changed_MEASURE` and `defence`. A refuted prediction passes too.

    Args:
        answer: The student's function, which returns the report.
        measure: The end of the two keys, such as "losses".
        quantity: What is measured, in words, such as "validation loss".
        find_impossible: Says what is impossible about one of the two lists of numbers, or None.
        find_unsound: Says why the unchanged runs are no ground to compare on, or None.
    """
    before, after = f"unchanged_{measure}", f"changed_{measure}"
    keys = ("change", "prediction", before, after, "defence")
    report = answer()
    if report is None or report is Ellipsis:
        yield Failed("", untouched=True)
    if not isinstance(report, Mapping) or set(report) != set(keys):
        yield "Return the dictionary of the stub, with all of its keys: " + ", ".join(keys) + "."
    if all(report[key] is Ellipsis for key in keys):
        yield Failed("", untouched=True)
    if missing := [key for key in keys if report[key] is Ellipsis or report[key] is None]:
        yield f"The report is not complete: `{missing[0]}` is still missing."
    yield _check_words(report, quantity)
    for key in (before, after):
        yield _check_numbers(key, report[key], quantity, find_impossible)
    unchanged = [float(value) for value in report[before]]
    changed = [float(value) for value in report[after]]
    if len(unchanged) != len(changed):
        yield (
            "Pair the runs: each seed needs one run without the change and one with it, so both "
            "lists must be of the same length, in the same order of seeds."
        )
    if unchanged == changed:
        yield "Both lists are the same to the last digit: did your change reach the training?"
    yield find_unsound(unchanged)
    return _judge_prediction(report["prediction"], unchanged, changed, quantity)


def _check_words(report: Mapping[str, Any], quantity: str) -> str | None:
    prediction = report["prediction"]
    if not isinstance(prediction, str) or prediction not in _PREDICTIONS:
        return (
            f"`prediction` says what the change does to the {quantity}, before you train: "
            '"lower", "higher" or "same".'
        )
    if not isinstance(report["change"], str) or len(report["change"].split()) < 2:
        return "Say in `change` what you changed, from what to what, so that others can repeat it."
    defence = report["defence"]
    if not isinstance(defence, str) or len(defence.split()) < _FEWEST_WORDS:
        return (
            "`defence` wants a whole sentence: why does the change act like that, or why can "
            "these runs not tell?"
        )
    return None


def _check_numbers(key: str, numbers: Any, quantity: str, find_impossible: FindFault) -> str | None:
    try:
        values = [float(number) for number in numbers]
    except (TypeError, ValueError):
        return f"`{key}` wants a list of numbers, one {quantity} for each seed."
    if len(values) < _FEWEST_SEEDS:
        return (
            f"`{key}` holds too few runs: without at least {_FEWEST_SEEDS} seeds you cannot tell "
            "the change from chance."
        )
    if fault := find_impossible(values):
        return f"`{key}` {fault}"
    # Several runs may well end at exactly zero, where the pixels are large.
    if len(set(values)) == 1 and values[0] > 0.0:
        return f"All runs of `{key}` gave the same number. Did each run get a seed of its own?"
    return None


def _judge_prediction(
    prediction: str, unchanged: Sequence[float], changed: Sequence[float], quantity: str
) -> str:
    """Says what the measurement makes of the prediction; either is a result."""
    gap = compare_scores(changed, unchanged, paired=True)
    measured = "same" if not gap.told_apart else "lower" if gap.difference < 0 else "higher"
    interval = f"95% interval of the paired difference {gap.low:+.3g} to {gap.high:+.3g}"
    if measured == "same":
        return (
            f"Your {len(unchanged)} pairs of runs cannot tell the two apart ({interval}). You "
            f'predicted "{prediction}"; with more seeds the interval becomes narrower.'
        )
    verdict = "as you predicted" if measured == prediction else f'and you predicted "{prediction}"'
    return f"The change makes the {quantity} {measured} ({interval}), {verdict}."
