"""Fitting a model to images that are drawn anew, so that none comes twice."""

import time
from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np

from labhelpers.arguments import check_count
from labhelpers.data.splits import Pair
from labhelpers.training.fitting.fit import Run, fit_model


def fit_fresh_sets(
    model: keras.Model,
    draw_set: Callable[[int], Pair],
    *,
    num_sets: int,
    batch_size: int,
    sets_at_once: int = 1,
    seed: int | None = None,
) -> Run:
    """Fits a model to sets of images, each of which is seen once and forgotten.

    The optimizer keeps its state and its place in a schedule from one set to the next.

    Args:
        model: A compiled Keras model.
        draw_set: Draws a set by its number, from 0: (images (N, ...), labels (N, ...)).
        num_sets: How many sets are drawn.
        batch_size: Images a step.
        sets_at_once: So many sets are drawn and shuffled together. More take more memory, and
            mix the images better.
        seed: Of the order of the images; `get_seed()` without.

    Returns:
        What was done. Its epochs are passes through what was drawn at once, and its time is
        that of drawing and fitting.

    Raises:
        TypeError, ValueError: If a number is out of its range, or `fit_model` refuses a set.
        TrainingDiverged: If a loss becomes NaN or infinite.
    """
    num_sets = check_count("num_sets", num_sets)
    sets_at_once = check_count("sets_at_once", sets_at_once)
    start = time.perf_counter()
    runs: list[Run] = []
    for first in range(0, num_sets, sets_at_once):
        sets = [draw_set(n) for n in range(first, min(first + sets_at_once, num_sets))]
        images, labels = (np.concatenate(parts) for parts in zip(*sets, strict=True))
        run = fit_model(
            model, (images, labels), epochs=1, batch_size=batch_size, seed=seed, show_progress=False
        )
        runs.append(run)
        if run.interrupted:
            break
    return _join(runs, time.perf_counter() - start)


def _join(runs: list[Run], seconds: float) -> Run:
    history = {
        name: [value for run in runs for value in run.history.get(name, [])]
        for name in runs[0].history
    }
    # As in every run, the first epoch is left out where there are others.
    rates = [run.images_per_s for run in runs[1:] if run.epochs] or [runs[0].images_per_s]
    losses = history.get("loss", [])
    return replace(
        runs[-1],
        history=history,
        epochs=sum(run.epochs for run in runs),
        seconds=seconds,
        images_per_s=float(np.mean(rates)),
        best_epoch=1 + int(np.argmin(losses)) if losses else 0,
    )
