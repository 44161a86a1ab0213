"""All that differs between TensorFlow, JAX and PyTorch."""

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np

from labhelpers.training.hardware import measure_memory_bytes

Logs = dict[str, float]
# Images scored at once, after an epoch: scores do not depend on it.
_SCORED_AT_ONCE = 256


def grow_gpu_memory() -> None:
    """Lets a backend that has not started yet take a GPU's memory bit by bit, not all at once.

    Another notebook can then use the same card. What the reader has set already stays.
    """
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def hush_retracing() -> None:
    """Keeps TensorFlow from calling it a mistake that each new model is compiled anew.

    A chapter fits many small models one after the other, and it warns in every cell.
    """
    logging.getLogger("tensorflow").addFilter(_is_no_retracing)


def _is_no_retracing(entry: logging.LogRecord) -> bool:
    return "triggered tf.function retracing" not in entry.getMessage()


def build_for_training(model: Any, train: tuple[np.ndarray, np.ndarray]) -> None:
    """Builds a compiled model, its loss and its metrics, without learning anything."""
    if keras.config.backend() != "tensorflow":
        if not model.built:  # Keras' own `fit` does the rest
            model(train[0][:1])
    elif not model.built or type(model).train_step is keras.Model.train_step:
        model.test_step((train[0][:1], train[1][:1]))
        model.reset_metrics()


def take_weights_back(model: Any) -> None:
    """Puts what JAX's interrupted loop holds back into a model; others hold it there anyway."""
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()


class TensorFlowSteps:
    """Runs a built and compiled Keras model's own steps in TensorFlow, `steps` an execution."""

    def __init__(
        self,
        model: Any,
        train: tuple[np.ndarray, np.ndarray],
        validation: tuple[np.ndarray, np.ndarray] | None,
        *,
        batch_size: int,
        steps: int,
        jit_compile: bool,
        on_gpu: bool,
    ) -> None:
        room = measure_memory_bytes() // 4
        self._model = model
        self._train = _Feed(*train, batch_size=batch_size, steps=steps, room=room)
        settings = {"jit_compile": jit_compile, "on_gpu": on_gpu}
        self._learn = _make_runner(model, model.train_step, batch_size, **settings)
        self._validation = None
        if validation is not None:
            batch_size = max(batch_size, min(_SCORED_AT_ONCE, len(validation[0])))
            steps = max(1, min(32, len(validation[0]) // batch_size))
            left = room - self._train.resident_bytes
            self._validation = _Feed(*validation, batch_size=batch_size, steps=steps, room=left)
            self._score = _make_runner(model, model.test_step, batch_size, **settings)

    def learn(self, order: np.ndarray) -> Iterator[tuple[int, Logs]]:
        """Goes once through the training images in the given order, (N,) int64.

        Yields, after each execution, images seen so far, and the epoch's loss and metrics so far.
        """
        self._model.reset_metrics()
        yield from self._go(self._train, self._learn, order)

    def score(self) -> Logs:
        """Scores the validation images."""
        feed = self._validation
        if feed is None:
            return {}
        self._model.reset_metrics()
        last: Logs = {}
        for _, logs in self._go(feed, self._score, np.arange(feed.count)):
            last = logs
        return last

    @staticmethod
    def _go(feed: "_Feed", run: Callable[..., Any], order: np.ndarray) -> Iterator[tuple]:
        seen = 0
        for images, labels, places, steps, count in feed.go(order):
            logs = run(images, labels, places, steps)
            seen += count
            yield seen, read_logs(logs)


def read_logs(logs: dict[str, Any]) -> Logs:
    """Turns a backend's numbers into Python's; leaves out what is not one number."""
    pairs = ((name, np.asarray(value)) for name, value in logs.items())
    return {name: float(value) for name, value in pairs if value.size == 1}


class _Feed:
    """Hands out the images of an execution: from one resident copy, or from the arrays."""

    def __init__(
        self, images: np.ndarray, labels: np.ndarray, *, batch_size: int, steps: int, room: int
    ) -> None:
        import tensorflow as tf

        self.count = len(images)
        self._batch_size = batch_size
        self._block = batch_size * steps
        needed = images.nbytes + labels.nbytes
        resident = needed <= room and not isinstance(images, np.memmap)
        self.resident_bytes = needed if resident else 0
        self._tensors = (tf.constant(images), tf.constant(labels)) if resident else None
        self._arrays = (images, labels)

    def go(self, order: np.ndarray) -> Iterator[tuple]:
        """Yields images, labels, positions among them, whole steps (0: a smaller one), count."""
        if self._tensors is not None:
            for places, steps, count in self._cut(order):
                yield *self._tensors, places, steps, count
            return
        # The next images are gathered while the present ones are learnt from.
        with ThreadPoolExecutor(1) as pool:
            waiting = None
            for places, steps, count in self._cut(order):
                coming = pool.submit(self._gather, places)
                if waiting is not None:
                    yield waiting[0].result() + waiting[1:]
                waiting = (coming, np.arange(len(places)), steps, count)
            if waiting is not None:
                yield waiting[0].result() + waiting[1:]

    def _gather(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        images, labels = self._arrays
        return np.take(images, places, axis=0), np.take(labels, places, axis=0)

    def _cut(self, order: np.ndarray) -> Iterator[tuple[np.ndarray, int, int]]:
        whole = len(order) - len(order) % self._batch_size
        for start in range(0, whole, self._block):
            places = order[start : min(start + self._block, whole)]
            count = len(places)
            # An execution has one shape, or it would be compiled again for the last one.
            padded = np.resize(places, self._block)
            yield padded, count // self._batch_size, count
        if whole < len(order):
            yield order[whole:], 0, len(order) - whole


def _make_runner(
    model: Any, step: Callable, batch_size: int, *, jit_compile: bool, on_gpu: bool
) -> Callable[..., Any]:
    import tensorflow as tf

    # On a CPU, XLA takes the whole loop. On a GPU one step at a time, as Keras does.
    one = tf.function(step, jit_compile=True, autograph=False) if jit_compile and on_gpu else step

    def take(images: Any, labels: Any, places: Any) -> tuple:
        return tf.gather(images, places), tf.gather(labels, places)

    def run_many(images: Any, labels: Any, places: Any, steps: Any) -> Any:
        def body(index: Any) -> tuple:
            chosen = tf.slice(places, [index * batch_size], [batch_size])
            one(take(images, labels, chosen))
            return (index + 1,)

        tf.while_loop(lambda index: index < steps, body, (tf.constant(0),))
        return model.get_metrics_result()

    def run_rest(images: Any, labels: Any, places: Any) -> Any:
        step(take(images, labels, places))
        return model.get_metrics_result()

    fused = jit_compile and not on_gpu
    many = tf.function(run_many, jit_compile=fused, autograph=False)
    plain = tf.function(run_many, autograph=False) if fused else many
    rest = tf.function(run_rest, autograph=False)
    fused_works = True

    def run(images: Any, labels: Any, places: np.ndarray, steps: int) -> Any:
        nonlocal fused_works
        images, labels = tf.convert_to_tensor(images), tf.convert_to_tensor(labels)
        where = tf.constant(places, tf.int64)
        if steps == 0:
            return rest(images, labels, where)
        if fused_works:
            try:
                return many(images, labels, where, tf.constant(steps))
            except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError):
                if not fused:
                    raise
                fused_works = False  # a loss or a metric has an operation that XLA lacks
        return plain(images, labels, where, tf.constant(steps))

    return run
