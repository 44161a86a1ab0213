"""The loop over epochs: our own with TensorFlow, Keras' `fit` with the other backends."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from labhelpers.data.splits import Pair
from labhelpers.training.fitting.backends import TensorFlowSteps
from labhelpers.training.fitting.fused_norm import fuse_batch_norm
from labhelpers.training.fitting.plan import Plan


class Orders:
    """Shuffles `count` images anew before each epoch, from a frozen random stream.

    `steps_before` are the steps the model has learnt already: fitted further, it must not see the
    orders of its first epochs again.
    """

    def __init__(self, count: int, seed: int, steps_before: int) -> None:
        self._count = count
        self._stream = np.random.RandomState([seed, steps_before])

    def draw(self) -> np.ndarray:
        """Returns the next epoch's order: positions of all images, (N,) int64."""
        return self._stream.permutation(self._count)


class _Batches(keras.utils.PyDataset):
    """Batches in our order, for the backends that Keras' own `fit` serves."""

    def __init__(self, pair: Pair, orders: Orders | None, batch_size: int) -> None:
        super().__init__()
        self._pair = pair
        self._orders = orders
        self._batch_size = batch_size
        self._order = np.arange(len(pair[0]))

    def __len__(self) -> int:
        return -(-len(self._order) // self._batch_size)

    def __getitem__(self, index: int) -> Pair:
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        return self._pair[0][chosen], self._pair[1][chosen]

    def shuffle(self) -> None:
        if self._orders:
            self._order = self._orders.draw()


@dataclass(frozen=True)
class TrainingSetup:
    """What is gone through, and how."""

    train: Pair
    validation: Pair | None
    plan: Plan
    orders: Orders
    batch_size: int
    epochs: int  # unless a callback stops the model
    callbacks: list[keras.callbacks.Callback]


def run_epochs(model: Any, setup: TrainingSetup) -> None:
    """Goes through the training images, epoch by epoch, and scores after each."""
    plan = setup.plan
    own = plan.backend == "tensorflow" and not model.run_eagerly
    run = _run_tensorflow if own else _run_keras
    # XLA makes kernels of its own, and no CPU has one for float16.
    fused = own and not plan.on_gpu and not plan.jit_compile and plan.precision != "float16"
    with fuse_batch_norm(model) if fused else nullcontext():
        run(model, setup)


def _run_tensorflow(model: Any, setup: TrainingSetup) -> None:
    count, batch_size, plan = len(setup.train[0]), setup.batch_size, setup.plan
    steps = TensorFlowSteps(
        model,
        setup.train,
        setup.validation,
        batch_size=batch_size,
        steps=plan.steps,
        jit_compile=plan.jit_compile,
        on_gpu=plan.on_gpu,
    )
    tell = keras.callbacks.CallbackList(
        setup.callbacks, model=model, epochs=setup.epochs, steps=-(-count // batch_size)
    )
    model.stop_training = False
    tell.on_train_begin()
    logs: dict[str, float] = {}
    for epoch in range(setup.epochs):
        tell.on_epoch_begin(epoch)
        done = 0
        tell.on_train_batch_begin(done)
        for seen, logs in steps.learn(setup.orders.draw()):
            tell.on_train_batch_end(-(-seen // batch_size) - 1, logs)
            if model.stop_training:
                break
            if seen < count:
                tell.on_train_batch_begin(-(-seen // batch_size))
        logs = dict(logs)
        if setup.validation is not None:
            tell.on_test_begin()
            scores = steps.score()
            tell.on_test_end(scores)
            logs.update({f"val_{name}": value for name, value in scores.items()})
        tell.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    model.optimizer.finalize_variable_values(model.trainable_weights)
    tell.on_train_end(logs)


def _run_keras(model: Any, setup: TrainingSetup) -> None:
    before = (model.jit_compile, model.steps_per_execution)
    model.jit_compile, model.steps_per_execution = setup.plan.jit_compile, setup.plan.steps
    model.train_function = model.test_function = None
    batches = _Batches(setup.train, setup.orders, setup.batch_size)
    scored = setup.validation and _Batches(setup.validation, None, setup.batch_size)
    # By callback: Keras may go through a data set before the first epoch, to build the model.
    shuffle = keras.callbacks.LambdaCallback(on_epoch_begin=lambda *_: batches.shuffle())
    try:
        model.fit(
            batches,
            validation_data=scored,
            epochs=setup.epochs,
            callbacks=[shuffle, *setup.callbacks],
            shuffle=False,
            verbose=0,
        )
    finally:
        model.jit_compile, model.steps_per_execution = before
        model.train_function = model.test_function = None
