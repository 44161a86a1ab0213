"""Exercises of the chapter on one layer."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from labhelpers.insight.measure.comparisons import compare_scores
from labhelpers.lesson.exercises import Answer, Failed, Findings, any_of, exercise, expect


@exercise(
    "one-layer-gradient",
    hint="Take a copy of the probabilities, subtract 1 at the right class of each row, and mind "
    "that the loss is a mean over the batch.",
    done="Whatever lies below the logits, training begins with this difference.",
)
def _(answer: Answer) -> Findings:
    for rows, num_classes, seed in ((4, 3, 1), (5, 10, 2), (1, 3, 0)):
        stream = np.random.RandomState(seed)
        probabilities = stream.dirichlet(np.ones(num_classes), rows)
        labels = stream.randint(num_classes, size=rows)
        targets = np.eye(num_classes)[labels]
        difference = probabilities - targets
        everywhere = probabilities.copy()
        everywhere[:, labels] -= 1.0
        yield expect(
            answer,
            probabilities,
            labels,
            right=difference / rows,
            hints={
                "That is the gradient of the sum. The loss is the mean of the batch: what does "
                "that divide by?": difference,
                "Divide by the number of images alone: the loss is a mean over images, not over "
                "classes.": difference / (rows * num_classes),
                "The sign is turned round: a step against the gradient must raise the probability "
                "of the right class.": -difference / rows,
                "The sign is turned round, and the mean of the batch is missing.": -difference,
                "At the right class of each row, 1 must be subtracted from the probability.": (
                    probabilities / rows
                ),
                "At the right class of each row, 1 must be subtracted.": probabilities,
                "`probabilities[:, labels]` takes these columns in every row. Pair each row with "
                "its own label: `np.arange(len(labels)), labels`.": (
                    lambda value, wrong=everywhere, n=rows: (
                        np.allclose(value, wrong) or np.allclose(value, wrong / n)
                    )
                ),
                "That is the derivative by the probabilities. By the logits it is much simpler, "
                "since softmax is included.": -targets / probabilities / rows,
                "One row for each image is wanted, (N, K): divide by N, but do not add the rows "
                "up.": difference.mean(axis=0),
            },
        )


@exercise(
    "one-layer-promise",
    hint="Set (1 - rate) to the power n equal to `doubt`, take logarithms, solve for n, and return "
    "the next whole number above.",
    done="For a doubt of 0.05 and a small rate it is close to 3 / rate, hence the rule of three.",
)
def _(answer: Answer) -> Findings:
    for rate, doubt in ((0.005, 0.05), (0.3, 0.05), (0.5, 0.2), (0.02, 0.01)):
        exact = math.log(doubt) / math.log(1.0 - rate)
        right = math.floor(exact) + 1
        yield expect(
            answer,
            rate,
            doubt,
            right=right,
            tolerance=1e-9,
            hints={
                "Images can only be counted: round up to a whole number.": exact,
                "One image too few: with so many, all are right with a probability above `doubt`. "
                "Round up.": right - 1,
                "One image fewer is enough already.": right + 1,
                "That is the rule of three. The exact number is asked for.": any_of(
                    3.0 / rate, math.ceil(3.0 / rate), math.floor(3.0 / rate)
                ),
                "That is close, but it takes -rate for ln(1 - rate). Solve without that step.": (
                    any_of(-math.log(doubt) / rate, math.ceil(-math.log(doubt) / rate))
                ),
                "The quotient is upside down: n times ln(1 - rate) equals ln(doubt).": 1.0 / exact,
                "An image is right with probability 1 - rate, not rate.": any_of(
                    math.log(doubt) / math.log(rate),
                    math.ceil(math.log(doubt) / math.log(rate)),
                ),
                "That is right for a doubt of 0.05 only: use the argument `doubt`.": (
                    math.floor(math.log(0.05) / math.log(1.0 - rate)) + 1
                ),
            },
        )


_KEYS = ("change", "prediction", "unchanged_losses", "changed_losses", "defence")
_PREDICTIONS = ("lower", "higher", "same")
_FEWEST_SEEDS = 3
_FEWEST_WORDS = 6
# A network that knows nothing pays ln 3 = 1.1.
_GUESSING_LOSS = math.log(3.0)


@exercise(
    "one-layer-experiment",
    hint="Train twice for each seed, once as in the chapter and once with your one change, and "
    "report what `model.evaluate` says of the validation images.",
    limit_s=300.0,
)
def _(answer: Answer) -> Findings:
    report = answer()
    if report is None or report is Ellipsis:
        yield Failed("", untouched=True)
    if not isinstance(report, Mapping) or set(report) != set(_KEYS):
        yield "Return the dictionary of the stub, with all of its keys: " + ", ".join(_KEYS) + "."
    if all(report[key] is Ellipsis for key in _KEYS):
        yield Failed("", untouched=True)
    if missing := [key for key in _KEYS if report[key] is Ellipsis or report[key] is None]:
        yield f"The report is not complete: `{missing[0]}` is still missing."
    yield _check_words(report)
    unchanged, changed = report["unchanged_losses"], report["changed_losses"]
    for key in ("unchanged_losses", "changed_losses"):
        yield _check_losses(key, report[key])
    yield _check_pair(unchanged, changed)
    return _judge_prediction(report["prediction"], unchanged, changed)


def _check_words(report: Mapping[str, Any]) -> str | None:
    prediction = report["prediction"]
    if not isinstance(prediction, str) or prediction not in _PREDICTIONS:
        return (
            "`prediction` says what the change does to the validation loss, before you train: "
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


def _check_losses(key: str, losses: Any) -> str | None:
    try:
        values = [float(loss) for loss in losses]
    except (TypeError, ValueError):
        return f"`{key}` wants a list of numbers, one validation loss for each seed."
    if len(values) < _FEWEST_SEEDS:
        return (
            f"`{key}` holds too few runs: without at least {_FEWEST_SEEDS} seeds you cannot tell "
            "the change from chance."
        )
    if not all(0.0 <= value < math.inf for value in values):
        return f"`{key}` holds a value that is no mean cross-entropy: none is negative or infinite."
    # Several runs may well end at exactly zero, where the pixels are large.
    if len(set(values)) == 1 and values[0] > 0.0:
        return f"All runs of `{key}` gave the same number. Did each run get a seed of its own?"
    return None


def _check_pair(unchanged: Any, changed: Any) -> str | None:
    before, after = [float(v) for v in unchanged], [float(v) for v in changed]
    if len(before) != len(after):
        return (
            "Pair the runs: each seed needs one run without the change and one with it, so both "
            "lists must be of the same length, in the same order of seeds."
        )
    if before == after:
        return "Both lists are the same to the last digit: did your change reach the training?"
    if float(np.mean(before)) > _GUESSING_LOSS:
        return (
            "Without the change, your layer does worse than guessing, which costs ln 3. Train it "
            "for at least ten epochs before you compare."
        )
    return None


def _judge_prediction(prediction: str, unchanged: Any, changed: Any) -> str:
    """Says what the measurement makes of the prediction; either is a result."""
    gap = compare_scores(
        [float(value) for value in changed], [float(value) for value in unchanged], paired=True
    )
    measured = "same" if not gap.told_apart else "lower" if gap.difference < 0 else "higher"
    interval = f"95% interval of the paired difference {gap.low:+.3g} to {gap.high:+.3g}"
    if measured == "same":
        return (
            f"Your {len(unchanged)} pairs of runs cannot tell the two apart ({interval}). You "
            f'predicted "{prediction}"; with more seeds the interval becomes narrower.'
        )
    verdict = "as you predicted" if measured == prediction else f'and you predicted "{prediction}"'
    return f"The change makes the loss {measured} ({interval}), {verdict}."
