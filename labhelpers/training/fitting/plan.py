"""The plan of a run: precision, compilation and steps an execution, from machine and model."""

from dataclasses import dataclass

import joblib
import keras

from labhelpers.training.fitting.precision import choose_precision
from labhelpers.training.fitting.workload import Workload, estimate_workload
from labhelpers.training.hardware import (
    find_backend_name,
    find_cpu_name,
    find_gpu,
    find_matrix_unit,
)

_MOST_STEPS = 32
# Multiplications after which an execution should come back, so that a run can be interrupted
# and its progress shown: a fraction of a second on two cores.
_EXECUTION_WORK = 10_000_000_000
# Multiplications a step up to which a whole loop of steps compiled by XLA beat TensorFlow's own
# kernels on a CPU; past it, the kernels' better use of the cores wins.
_LARGEST_FUSED_STEP = 80_000_000
# Steps from which XLA's compilation, more than half a second, is won back.
_FEWEST_FUSED_STEPS = 2_500
_MOST_JAX_STEPS = 8
_LARGEST_JAX_STEP = 200_000_000
_NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


@dataclass(frozen=True)
class Plan:
    """How a run is carried out."""

    backend: str
    precision: str
    jit_compile: bool  # by XLA, or PyTorch's own compiler
    steps: int  # an execution
    device: str  # name of the graphics card, or of the processor with its cores
    on_gpu: bool

    def __str__(self) -> str:
        place = self.device if self.on_gpu else _describe_cpu()
        steps = "1 step" if self.steps == 1 else f"{self.steps} steps"
        compiled = ", compiled" if self.jit_compile else ""
        name = _NAMES.get(self.backend, self.backend)
        return f"{name} on {place}: {self.precision}, {steps} an execution{compiled}"


def make_plan(
    model: keras.Model,
    *,
    image_count: int,
    batch_size: int,
    epochs: int,
    precision: str = "auto",
    steps_per_execution: int | str = "auto",
    jit_compile: bool | str = "auto",
) -> Plan:
    """Plans a run of a built model: every "auto" is decided."""
    backend = find_backend_name()
    gpu = find_gpu(ask_backend=True)
    work = estimate_workload(model)
    if precision == "auto":
        precision = choose_precision(
            model,
            work,
            batch_size=batch_size,
            gpu=gpu,
            # Measured for TensorFlow's kernels alone.
            matrix_unit=find_matrix_unit() if backend == "tensorflow" else None,
        )
    if steps_per_execution == "auto":
        steps_per_execution = _choose_steps(
            work, backend, image_count=image_count, batch_size=batch_size, on_gpu=gpu is not None
        )
    if jit_compile == "auto":
        jit_compile = _choose_compilation(
            model,
            work,
            backend,
            batch_size=batch_size,
            updates=epochs * -(-image_count // batch_size),
            precision=precision,
            on_gpu=gpu is not None,
        )
    return Plan(
        backend=backend,
        precision=precision,
        jit_compile=bool(jit_compile),
        steps=int(steps_per_execution),
        device=gpu.name if gpu else f"{find_cpu_name()}, {_describe_cpu()}",
        on_gpu=gpu is not None,
    )


def _choose_steps(
    work: Workload, backend: str, *, image_count: int, batch_size: int, on_gpu: bool
) -> int:
    step_work = 3 * batch_size * max(1, work.dense + work.convolutional)
    bearable = _MOST_STEPS if on_gpu else max(1, _EXECUTION_WORK // step_work)
    most = _MOST_STEPS
    if backend == "jax":
        # Keras writes the steps out one after the other, so that each adds to compilation.
        most = _MOST_JAX_STEPS if step_work <= _LARGEST_JAX_STEP else 1
    elif backend != "tensorflow":
        most = 1
    return max(1, min(most, bearable, image_count // batch_size))


def _choose_compilation(
    model: keras.Model,
    work: Workload,
    backend: str,
    *,
    batch_size: int,
    updates: int,
    precision: str,
    on_gpu: bool,
) -> bool:
    if backend == "tensorflow" and not on_gpu:
        pays = updates >= _FEWEST_FUSED_STEPS and work.dense * batch_size <= _LARGEST_FUSED_STEP
        return work.fusable and pays and precision == "float32"
    return bool(model.jit_compile)


def _describe_cpu() -> str:
    cores, unit = joblib.cpu_count(), find_matrix_unit()
    return f"{cores} core{'' if cores == 1 else 's'}{f' with {unit}' if unit else ''}"
