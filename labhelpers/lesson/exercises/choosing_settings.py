"""Exercises of the chapter on choosing settings."""

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, any_of, exercise, expect
from labhelpers.lesson.exercises.expectations import same


@exercise(
    "choosing-settings-cost",
    hint="Go through the rungs. In each, add settings times epochs, then divide the number of "
    "settings by `factor` with `//`, and keep at least one.",
    done="With a factor of 3 and rungs of 1, 3 and 9, every rung costs about the same.",
)
def _(answer: Answer) -> Findings:
    cases = ((48, (1, 3, 9), 3), (20, (2, 4, 8, 16), 2), (5, (1, 3, 9), 3), (7, (4,), 3))
    for count, rungs, factor in cases:
        exact = [count / factor**k for k in range(len(rungs) + 1)]
        bare = [count // factor**k for k in range(len(rungs))]
        # Rung by rung, rounding comes to the same as rounding once.
        counts = [max(1, math.floor(n)) for n in exact]
        up = [math.ceil(n) for n in exact]
        longer = [rungs[0], *(b - a for a, b in pairwise(rungs))]
        mistakes = {
            "That is right for 48 settings only: use the arguments.": 141,
            "That is what training all of them to the end would cost.": count * rungs[-1],
            "Fewer settings go on from rung to rung.": count * sum(rungs),
            "In each rung the settings are trained from the start: the epochs of the rung "
            "before are not saved.": _cost(counts, longer),
            "Add the rung's epochs first, then drop settings: all of them are trained in the "
            "first rung.": _cost(counts[1:], rungs),
            "At least one setting goes on, even when the whole part is 0.": _cost(bare, rungs),
            "Settings come whole: divide with `//`.": _cost(exact, rungs),
            "Round down, not up: the whole part of one in `factor` goes on.": _cost(up, rungs),
            "That is the number of trainings. Each takes its rung's epochs.": sum(counts[:-1]),
            "That is one setting's epochs. There are `count` at the start.": sum(rungs),
        }
        total = _cost(counts, rungs)
        yield expect(answer, count, rungs, factor, right=total, hints=mistakes)


def _cost(counts: Sequence[float], epochs: Sequence[int]) -> float:
    """The epochs of all rungs; counts of rungs to come are left out."""
    return sum(n * e for n, e in zip(counts, epochs, strict=False))


@exercise(
    "choosing-settings-momentum",
    hint="Let d be the distance to 1. It goes from 1 - low to 1 - high: put it into equation (1), "
    "then return 1 - d.",
    done="Whatever has a natural end, such as 1 here, is searched by its distance to it.",
)
def _(answer: Answer) -> Findings:
    share = np.array([0.0, 0.1, 0.25, 0.6, 1.0])
    for u, low, high in ((0.5, 0.9, 0.999), (share, 0.5, 0.999), (share, 0.0, 0.99)):
        distance = (1 - low) * ((1 - high) / (1 - low)) ** u
        with np.errstate(all="ignore"):
            plain = low * (high / low) ** u if low else np.zeros_like(distance)
        mistakes = {
            "That is the distance to 1. The momentum is 1 minus it.": distance,
            "That is equation (1) for the momentum itself: use the distance to 1.": plain,
            "That is even in differences, not in ratios.": low + (high - low) * u,
            "The ends are swapped: u = 0 must give `low`.": (
                1 - (1 - high) * ((1 - low) / (1 - high)) ** u
            ),
            "The distances at the ends are 1 - low and 1 - high, not low and high.": (
                1 - low * (high / low) ** u if low else -1.0
            ),
        }
        ends = "Look at the ends first: u = 0 must give `low`, and u = 1 must give `high`."
        yield expect(answer, u, low, high, right=1 - distance, hints=mistakes, hint=ends)


@exercise(
    "choosing-settings-survivors",
    hint="Sort the numbers of those that are not NaN by score, the highest first, and take the "
    "first `keep`: `np.argsort` of the negated scores, and `np.isnan`.",
    done="A failure is a result like another: noted, and not trained again.",
)
def _(answer: Answer) -> Findings:
    nan = float("nan")
    cases = (
        ([0.3, 0.9, 0.5, 0.7, 0.1], 2),
        ([nan, 0.2, 0.8, nan, 0.4, 0.6], 3),
        ([0.2, nan, 0.5, nan], 3),
        ([nan, nan], 1),
    )
    for values, keep in cases:
        scores = np.array(values)
        best = np.argsort(-scores, kind="stable").tolist()
        going_on = [n for n in best if not np.isnan(scores[n])]
        right = going_on[:keep]
        rising = np.argsort(scores, kind="stable").tolist()
        finite = [n for n in rising if not np.isnan(scores[n])]
        mistakes = {
            "A setting that failed goes on here: NaN sorts last, but is still there. Leave it "
            "out, even if places stay empty.": best[:keep],
            "The best comes first: turn the order round.": finite[-keep:],
            "NaN counts as the largest in a rising order: it would win. Leave it out.": (
                any_of(rising[-keep:], rising[::-1][:keep])
            ),
            "Those are the worst. `np.argsort` rises: negate the scores.": finite[:keep],
            "One is missing: take `keep` of them.": going_on[: keep - 1],
            "Those are the scores. The *numbers* of the settings are wanted.": (
                lambda value, s=scores: (
                    len(value) > 0
                    and any(float(v) != int(v) for v in value)
                    and all(float(v) in s for v in value)
                )
            ),
            "The right ones, but the best comes first.": sorted(right),
            "Only `keep` of them go on.": going_on,
        }
        is_right = partial(same, right, tolerance=0.0)
        yield expect(answer, scores, keep, right=is_right, hints=mistakes)
