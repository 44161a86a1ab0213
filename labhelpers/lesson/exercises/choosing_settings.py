"""Exercises of the chapter on choosing settings."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from labhelpers.lesson.exercises import Failed, exercise, expect


@exercise(
    "choosing-settings-cost",
    hint="Go through the rungs. In each, add settings times epochs, then divide the number of "
    "settings by `factor` with `//`, and keep at least one.",
    done="With a factor of 3 and rungs of 1, 3 and 9, every rung costs about the same.",
)
def _(answer: Callable[..., Any]) -> Iterator[Failed | str | None]:
    cases = ((48, (1, 3, 9), 3), (20, (2, 4, 8, 16), 2), (5, (1, 3, 9), 3), (7, (4,), 3))
    for count, rungs, factor in cases:
        counts = [count]
        for _ in rungs[1:]:
            counts.append(max(1, counts[-1] // factor))
        late = [*counts[1:], max(1, counts[-1] // factor)]
        total = sum(n * e for n, e in zip(counts, rungs, strict=True))
        exact = sum(count / factor**k * e for k, e in enumerate(rungs))
        bare = [count // factor**k for k in range(len(rungs))]
        up = [count]
        for _ in rungs[1:]:
            up.append(-(-up[-1] // factor))
        longer = [rungs[0], *(b - a for a, b in pairwise(rungs))]
        yield expect(
            answer,
            count,
            rungs,
            factor,
            right=total,
            hints=[
                (141, "That is right for 48 settings only: use the arguments."),
                (count * rungs[-1], "That is what training all of them to the end would cost."),
                (count * sum(rungs), "Fewer settings go on from rung to rung."),
                (
                    sum(n * e for n, e in zip(counts, longer, strict=True)),
                    "In each rung the settings are trained from the start: the epochs of the "
                    "rung before are not saved.",
                ),
                (
                    sum(n * e for n, e in zip(late, rungs, strict=True)),
                    "Add the rung's epochs first, then drop settings: all of them are trained "
                    "in the first rung.",
                ),
                (
                    sum(n * e for n, e in zip(bare, rungs, strict=True)),
                    "At least one setting goes on, even when the whole part is 0.",
                ),
                (exact, "Settings come whole: divide with `//`."),
                (
                    sum(n * e for n, e in zip(up, rungs, strict=True)),
                    "Round down, not up: the whole part of one in `factor` goes on.",
                ),
                (sum(counts), "That is the number of trainings. Each takes its rung's epochs."),
                (sum(rungs), "That is one setting's epochs. There are `count` at the start."),
            ],
        )


@exercise(
    "choosing-settings-momentum",
    hint="Let d be the distance to 1. It goes from 1 - low to 1 - high: put it into equation (1), "
    "then return 1 - d.",
    done="Whatever has a natural end, such as 1 here, is searched by its distance to it.",
)
def _(answer: Callable[..., Any]) -> Iterator[Failed | str | None]:
    share = np.array([0.0, 0.1, 0.25, 0.6, 1.0])
    for u, low, high in ((0.5, 0.9, 0.999), (share, 0.5, 0.999), (share, 0.0, 0.99)):
        distance = (1 - low) * ((1 - high) / (1 - low)) ** u
        with np.errstate(all="ignore"):
            plain = low * (high / low) ** u if low else np.zeros_like(distance)
        yield expect(
            answer,
            u,
            low,
            high,
            right=1 - distance,
            hints=[
                (distance, "That is the distance to 1. The momentum is 1 minus it."),
                (plain, "That is equation (1) for the momentum itself: use the distance to 1."),
                (low + (high - low) * u, "That is even in differences, not in ratios."),
                (
                    1 - (1 - high) * ((1 - low) / (1 - high)) ** u,
                    "The ends are swapped: u = 0 must give `low`.",
                ),
                (
                    1 - low * (high / low) ** u if low else -1.0,
                    "The distances at the ends are 1 - low and 1 - high, not low and high.",
                ),
            ],
            hint="Look at the ends first: u = 0 must give `low`, and u = 1 must give `high`.",
        )


@exercise(
    "choosing-settings-survivors",
    hint="Sort the numbers of those that are not NaN by score, the highest first, and take the "
    "first `keep`: `np.argsort` of the negated scores, and `np.isnan`.",
    done="A failure is a result like another: noted, and not trained again.",
)
def _(answer: Callable[..., Any]) -> Iterator[Failed | str | None]:
    nan = float("nan")
    cases = (
        ([0.3, 0.9, 0.5, 0.7, 0.1], 2),
        ([nan, 0.2, 0.8, nan, 0.4, 0.6], 3),
        ([0.2, nan, 0.5, nan], 3),
        ([nan, nan], 1),
    )
    for values, keep in cases:
        scores = np.array(values)
        best = [int(n) for n in np.argsort(-scores, kind="stable")]
        right = [n for n in best if not np.isnan(scores[n])][:keep]
        rising = [int(n) for n in np.argsort(scores, kind="stable")]
        finite = [n for n in rising if not np.isnan(scores[n])]
        yield expect(
            answer,
            scores,
            keep,
            right=lambda value, right=right: (
                len(value) == len(right) and [int(n) for n in value] == right
            ),
            hints=[
                (
                    _is(best[:keep]),
                    "A setting that failed goes on here: NaN sorts last, but is still there. "
                    "Leave it out, even if places stay empty.",
                ),
                (
                    _is(rising[-keep:], rising[::-1][:keep]),
                    "NaN counts as the largest in a rising order: it would win. Leave it out.",
                )
                if np.isnan(scores).any()
                else (_is(finite[-keep:]), "The best comes first: turn the order round."),
                (
                    _is(finite[-keep:]),
                    "The best comes first: turn the order round.",
                ),
                (_is(finite[:keep]), "Those are the worst. `np.argsort` rises: negate the scores."),
                (
                    _is([n for n in best[:keep] if not np.isnan(scores[n])][: keep - 1]),
                    "One is missing: take `keep` of them.",
                ),
                (
                    lambda value, s=scores: (
                        len(value) > 0
                        and any(float(v) != int(v) for v in value)
                        and all(float(v) in s for v in value)
                    ),
                    "Those are the scores. The *numbers* of the settings are wanted.",
                ),
                (_is(sorted(right)), "The right ones, but the best comes first."),
                (
                    _is([n for n in best if not np.isnan(scores[n])]),
                    "Only `keep` of them go on.",
                ),
            ],
        )


def _is(*wrongs: list[int]) -> Callable[[Any], bool]:
    """Asks whether what came is one of some lists of numbers, as a list or as an array."""

    def fits(value: Any) -> bool:
        return [float(v) for v in value] in [[float(w) for w in wrong] for wrong in wrongs]

    return fits
