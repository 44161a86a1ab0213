"""Fitting a model, fast by default and learning the same."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

from labhelpers.arguments import check_count
from labhelpers.data.splits import Pair
from labhelpers.training.fitting import fit_arguments as checks
from labhelpers.training.fitting.backends import (
    build_for_training,
    grow_gpu_memory,
    hush_retracing,
    take_weights_back,
)
from labhelpers.training.fitting.loops import Orders, TrainingSetup, run_epochs
from labhelpers.training.fitting.plan import make_plan
from labhelpers.training.fitting.precision import lend_precision
from labhelpers.training.fitting.progress import ProgressLine
from labhelpers.training.fitting.run_monitor import RunMonitor, TrainingDiverged
from labhelpers.training.hardware import find_backend_name
from labhelpers.training.seeds import get_seed
from labhelpers.training.times import timing


@dataclass(frozen=True)
class Run:
    """What one call of `fit_model` did.

    Attributes:
        history: A list for each name, one number an epoch: "loss", the metrics, the same on
            validation data as "val_...", and "seconds".
        epochs: Epochs completed.
        seconds: Time the whole call took, compiling and scoring included.
        images_per_s: Training images a second, forward and backward, the first epoch left out
            (but for a run of one epoch, where it is all there is).
        parameters: Number of the model's parameters.
        device: Name of the graphics card, or of the processor with its cores.
        precision: "float32", "bfloat16" or "float16".
        seed: Of the order of the images.
        batch_size: Images a step.
        interrupted: Whether it was stopped by hand.
        best_epoch: Number (from 1) of the epoch with the least validation loss, or training
            loss without validation data; 0 if no epoch was completed.
    """

    history: dict[str, list[float]]
    epochs: int
    seconds: float
    images_per_s: float
    parameters: int
    device: str
    precision: str
    seed: int
    batch_size: int
    interrupted: bool
    best_epoch: int


def fit_model(
    model: keras.Model,
    train: Pair,
    *,
    validation: Pair | None = None,
    epochs: int,
    batch_size: int,
    optimizer: Any = None,
    loss: Any = None,
    metrics: Any = None,
    patience: int | None = None,
    precision: str = "auto",
    steps_per_execution: int | str = "auto",
    jit_compile: bool | str = "auto",
    seed: int | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    show_progress: bool = True,
) -> Run:
    """Fits a model to images and labels: what `model.compile` and `model.fit` learn, faster.

    Precision, compilation, steps an execution and the way the images get in are chosen from the
    machine and the model, and said in one line. None of them changes what is learned beyond
    rounding: the same epochs, batches (the last, smaller one too), shuffling before each epoch
    and optimizer. Weights and outputs stay in float32, and the model predicts in float32
    afterwards.

    Stopped by hand (Ctrl-C, or a notebook's stop button) it puts the best weights so far back,
    those of least validation loss (training loss without validation data), and returns.

    Args:
        model: A Keras model; compiled already, or with an optimizer and a loss given here.
        train: (images (N, ...), labels (N, ...)) to learn from. uint8 images stay uint8 until
            their batch: such a model begins with `keras.layers.Rescaling`.
        validation: (images, labels) scored after each epoch, never learnt from.
        epochs: Times to go through the training images.
        batch_size: Images a step.
        optimizer: As for `model.compile`; together with a loss.
        loss: As for `model.compile`; together with an optimizer.
        metrics: As for `model.compile`.
        patience: Stop when the validation loss has not improved for that many epochs, and put
            the best weights back. None goes through all epochs and keeps the last weights.
        precision: "float32", "bfloat16", "float16", or "auto".
        steps_per_execution: Steps that TensorFlow or JAX runs at a time, or "auto". Callbacks
            see one batch an execution.
        jit_compile: Whether XLA compiles the steps, or "auto".
        seed: Of the order of the images; `get_seed()` without. Each epoch's order is the next
            permutation of `numpy.random.RandomState([seed, steps learnt before])`.
        callbacks: Further Keras callbacks.
        show_progress: Whether to print what was chosen, and one line of progress.

    Returns:
        What was done, with the curves.

    Raises:
        ValueError: If an argument cannot be; the message says what to do.
        TrainingDiverged: If a loss becomes NaN or infinite. It is a FloatingPointError and a
            ValueError. The model is given its best weights so far, or its first ones.
    """
    start = time.perf_counter()
    checks.check_options(
        epochs=epochs,
        batch_size=batch_size,
        patience=patience,
        has_validation=validation is not None,
        precision=precision,
        steps_per_execution=steps_per_execution,
        jit_compile=jit_compile,
        seed=seed,
        callbacks=callbacks,
        backend=find_backend_name(),
    )
    train = checks.check_pair("train", train)
    smaller = f"There are {len(train[0]):,} training images: take a smaller batch or more images."
    check_count("batch_size", batch_size, at_most=len(train[0]), way_on=smaller)
    if validation is not None:
        validation = checks.check_pair("validation", validation)
    grow_gpu_memory()
    hush_retracing()
    _prepare(model, train, validation, optimizer=optimizer, loss=loss, metrics=metrics)
    seed = get_seed() if seed is None else int(seed)
    plan = make_plan(
        model,
        image_count=len(train[0]),
        batch_size=batch_size,
        epochs=epochs,
        precision=precision,
        steps_per_execution=steps_per_execution,
        jit_compile=jit_compile,
    )
    line = ProgressLine(show=show_progress)
    line.announce(str(plan))

    monitor = RunMonitor(
        line, patience=patience, epochs=epochs, batch_size=batch_size, image_count=len(train[0])
    )
    setup = TrainingSetup(
        train=train,
        validation=validation,
        plan=plan,
        orders=Orders(len(train[0]), seed, int(model.optimizer.iterations)),
        batch_size=batch_size,
        epochs=epochs,
        callbacks=[monitor, *callbacks],
    )
    interrupted = False
    try:
        with lend_precision(model, plan.precision):
            run_epochs(model, setup)
    except KeyboardInterrupt:
        interrupted = True
        take_weights_back(model)
        monitor.put_best_back(model)
    except TrainingDiverged:
        take_weights_back(model)
        monitor.put_best_back(model, or_first=True)
        line.finish(f"stopped in epoch {monitor.epochs + 1}: the loss is not a number")
        raise
    if monitor.ran_out_of_patience:
        monitor.put_best_back(model)
    measured = monitor.training_s[1 : monitor.epochs] or monitor.training_s[: monitor.epochs]
    run = Run(
        history=monitor.history,
        epochs=monitor.epochs,
        seconds=time.perf_counter() - start,
        images_per_s=len(train[0]) * len(measured) / sum(measured) if measured else 0.0,
        parameters=model.count_params(),
        device=plan.device,
        precision=plan.precision,
        seed=seed,
        batch_size=batch_size,
        interrupted=interrupted,
        best_epoch=monitor.best_epoch,
    )
    line.finish(_summarise(run, went_back=interrupted or monitor.ran_out_of_patience))
    return run


def _prepare(
    model: Any, train: Pair, validation: Pair | None, *, optimizer: Any, loss: Any, metrics: Any
) -> None:
    """Checks a model against its data, compiles and builds it."""
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"model must be a Keras model, but is a {type(model).__name__}. "
            "Call its builder, and give what it returns."
        )
    if (optimizer is None) != (loss is None):
        given, missing = ("optimizer", "loss") if loss is None else ("loss", "optimizer")
        raise ValueError(
            f"optimizer and loss must be given together, but {given} came without {missing}. "
            f"Add {missing}=..., or compile the model yourself and give neither."
        )
    if optimizer is not None:
        model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
    elif metrics is not None:
        raise ValueError(
            f"metrics must come with an optimizer and a loss, but came alone: {metrics!r}. "
            "Add optimizer=... and loss=..., or give metrics to model.compile."
        )
    checks.check_compiled(model)
    if model.built:
        for name, pair in (("train", train), ("validation", validation)):
            if pair is not None:
                checks.check_inputs(name, pair[0], model)
                checks.check_targets(name, pair[1], model)
    build_for_training(model, train)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _summarise(run: Run, *, went_back: bool) -> str:
    done = "1 epoch" if run.epochs == 1 else f"{run.epochs} epochs"
    took = f"{run.seconds:.1f} s"
    if run.epochs:
        took += f", {run.images_per_s:,.0f} images a second"
    text = f"{done} in {timing(took)}"
    if run.interrupted:
        text = f"stopped by hand after {text}"
    if not run.epochs:
        return f"{text}; the weights are those of the unfinished epoch"
    names = [name for name in run.history if name != "seconds"]
    shown = next(
        (n for n in names if n.startswith("val_") and n != "val_loss"),
        "val_loss" if "val_loss" in names else next((n for n in names if n != "loss"), "loss"),
    )
    value = run.history[shown][run.best_epoch - 1 if went_back else -1]
    text += f"; {shown.replace('val_', 'validation ').replace('_', ' ')} {value:.3f}"
    if went_back:
        text += f" (best weights, of epoch {run.best_epoch}, put back)"
    return text
