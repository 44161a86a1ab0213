"""Exercises of the chapter on one layer."""

import math
from collections.abc import Sequence

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, any_of, exercise, expect
from labhelpers.lesson.exercises.experiments import check_experiment


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
        mistakes = {
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
            "its own label: `np.arange(len(labels)), labels`.": any_of(
                everywhere, everywhere / rows
            ),
            "That is the derivative by the probabilities. By the logits it is much simpler, "
            "since softmax is included.": -targets / probabilities / rows,
            "One row for each image is wanted, (N, K): divide by N, but do not add the rows "
            "up.": difference.mean(axis=0),
        }
        yield expect(answer, probabilities, labels, right=difference / rows, hints=mistakes)


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
        mistakes = {
            "Images can only be counted: round up to a whole number.": exact,
            "One image too few: with so many, all are right with a probability above `doubt`. "
            "Round up.": right - 1,
            "One image fewer is enough already.": right + 1,
            "That is the rule of three. The exact number is asked for.": (
                any_of(3.0 / rate, math.ceil(3.0 / rate), math.floor(3.0 / rate))
            ),
            "That is close, but it takes -rate for ln(1 - rate). Solve without that step.": (
                any_of(-math.log(doubt) / rate, math.ceil(-math.log(doubt) / rate))
            ),
            "The quotient is upside down: n times ln(1 - rate) equals ln(doubt).": 1.0 / exact,
            "An image is right with probability 1 - rate, not rate.": (
                any_of(
                    math.log(doubt) / math.log(rate), math.ceil(math.log(doubt) / math.log(rate))
                )
            ),
            "That is right for a doubt of 0.05 only: use the argument `doubt`.": (
                math.floor(math.log(0.05) / math.log(1.0 - rate)) + 1
            ),
        }
        yield expect(answer, rate, doubt, right=right, tolerance=1e-9, hints=mistakes)


# A network that knows nothing pays ln 3 = 1.1.
_GUESSING_LOSS = math.log(3.0)


@exercise(
    "one-layer-experiment",
    hint="Train twice for each seed, once as in the chapter and once with your one change, and "
    "report what `model.evaluate` says of the validation images.",
    limit_s=300.0,
)
def _(answer: Answer) -> Findings:
    return check_experiment(
        answer,
        measure="losses",
        quantity="validation loss",
        find_impossible=_find_impossible_loss,
        find_unsound=_find_untrained,
    )


def _find_impossible_loss(losses: Sequence[float]) -> str | None:
    if all(0.0 <= value < math.inf for value in losses):
        return None
    return "holds a value that is no mean cross-entropy: none is negative or infinite."


def _find_untrained(losses: Sequence[float]) -> str | None:
    if float(np.mean(losses)) <= _GUESSING_LOSS:
        return None
    return (
        "Without the change, your layer does worse than guessing, which costs ln 3. Train it for "
        "at least ten epochs before you compare."
    )
