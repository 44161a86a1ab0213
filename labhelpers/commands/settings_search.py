"""`labs sweep`, a student's search for settings of the NumPy network, here or on a cluster."""

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import joblib
import typer
from joblib.externals.loky.process_executor import BrokenProcessPool

from labhelpers.authoring.run.stopping import stop_on_signal
from labhelpers.commands.console import shorten
from labhelpers.data import load_mnist, split_validation
from labhelpers.data.fetch.data_error import DataError
from labhelpers.insight.show.tables import draw_table
from labhelpers.lesson.book_error import BookError, UsageError
from labhelpers.training.search.designs import make_design
from labhelpers.training.search.numpy_search import SEARCH_SPACE, train_numpy_setting
from labhelpers.training.search.sweeps import Outcome, Sweep, SweepError, make_rungs, run_sweep

_BACKENDS = ("loky", "threading", "dask")
_SHOWN = 10
_PATIENCE_S = 10


def sweep(
    settings: Annotated[int, typer.Option(min=1, max=100_000, help="How many to try.")] = 48,
    epochs: Annotated[
        int, typer.Option(min=1, help="Of the last rung; each before it has a third.")
    ] = 9,
    images: Annotated[
        int | None, typer.Option(min=100, help="Of MNIST's training images; all without.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=1999, help="Of the settings, the split and the training.")
    ] = 0,
    backend: Annotated[
        str, typer.Option(help="Where it runs: loky (processes), threading, or dask (a cluster).")
    ] = "loky",
    address: Annotated[
        str | None, typer.Option(help="Of the Dask scheduler, such as tcp://10.0.0.5:8786.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Trainings at the same time; without, one a core.")
    ] = None,
    output: Annotated[
        Path, typer.Option(help="File of the results; one that is there is gone on with.")
    ] = Path("sweep.jsonl"),
) -> None:
    """Search for good settings of the NumPy network.

    Tries settings of activation, first weights, batch size, rate, its decay and penalty for an
    epoch, the best third for three, the best ninth for nine. Each training that ends is kept in
    the file; a setting that fails is noted there. Stopped or killed, the same command goes on.
    """
    _check_options(backend, address, jobs)

    try:
        digits = load_mnist()
    except DataError as error:
        raise BookError(str(error)) from error
    x, y = digits.x_train[:images], digits.y_train[:images]
    if images is not None and len(x) < images:
        raise UsageError(f"--images must be at most {len(x)}, but is {images}")
    parts = split_validation(x, y, fraction=1 / 6, seed=seed)
    is_first = True

    def tell(one: Outcome, done: int, total: int) -> None:
        nonlocal is_first
        if is_first and done > 1:
            print(f"going on after {done - 1} trainings in {shorten(output)}", flush=True)
        is_first = False
        what = one.failure or f"score {one.score:.4f}"
        print(f"{done} of {total}: setting {one.number}, epochs {one.epochs}: {what}", flush=True)

    try:
        with _choose_place(backend, address, jobs):
            found = run_sweep(
                partial(train_numpy_setting, seed=seed),
                make_design(SEARCH_SPACE, settings, seed=seed),
                data=parts,
                rungs=make_rungs(epochs),
                path=output,
                about={"data": digits.name, "images": len(x), "seed": seed},
                on_done=tell,
            )
            best = found.best
    except SweepError as error:
        raise BookError(str(error)) from error
    print(_draw(found))
    print(
        f"\nbest on validation images: setting {best.number}. All are in {shorten(output)}. Its "
        "score is the best of many, so it flatters: test the winner once, on other images."
    )


def _check_options(backend: str, address: str | None, jobs: int | None) -> None:
    if backend not in _BACKENDS:
        raise UsageError(f"--backend must be one of {', '.join(_BACKENDS)}, but is {backend!r}")
    if backend == "dask" and not address:
        raise UsageError(
            "--backend dask needs --address: `dask scheduler` prints it when it starts, such as "
            "tcp://10.0.0.5:8786"
        )
    if address and backend != "dask":
        raise UsageError(f"--address goes with --backend dask, but the backend is {backend}")
    if jobs is not None and backend == "dask":
        raise UsageError("--jobs cannot be given with --backend dask: its workers decide")
    if jobs is not None and (jobs == 0 or jobs < -1):
        raise UsageError(f"--jobs must be at least 1, or -1 for one a core, but is {jobs}")


@contextlib.contextmanager
def _choose_place(backend: str, address: str | None, jobs: int | None) -> Iterator[None]:
    """Says to joblib where the trainings run; for `with`."""
    if backend == "dask":
        with _connect(address), joblib.parallel_config("dask"), stop_on_signal():
            yield
        return
    more: dict[str, Any] = {"inner_max_num_threads": 1} if backend == "loky" else {}
    try:
        with joblib.parallel_config(backend, n_jobs=jobs or -1, **more), stop_on_signal():
            yield
    except BrokenProcessPool as error:
        raise BookError(
            "a worker was ended from outside, perhaps for want of memory: the same command goes "
            "on; try fewer --jobs"
        ) from error


@contextlib.contextmanager
def _connect(address: str) -> Iterator[None]:
    """Connects with a Dask cluster; for `with`."""
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise BookError("Dask is not installed: pip install -e '.[dask]'") from error
    try:
        client = Client(address, timeout=_PATIENCE_S, set_as_default=True)
    except (OSError, ValueError) as error:
        raise BookError(
            f"no Dask scheduler answers at {address}: start one with `dask scheduler`, and give "
            "the address that it prints"
        ) from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise BookError(
                f"the scheduler at {address} has no workers: start some with "
                f"`dask worker {address}`, where labhelpers is installed too"
            )
        yield


def _draw(found: Sweep) -> str:
    """Draws the best settings as a table for a terminal."""
    last = found.last
    names = list(last[0].setting)
    rows = [
        [one.number, one.epochs, f"{one.score:.4f}", *map(str, one.setting.values())]
        for one in last[:_SHOWN]
        if one.score is not None
    ]
    failed = sum(one.failure is not None for one in last)
    table = draw_table(["setting", "epochs", "score", *names], rows)["text/plain"]
    return f"\n{table}\n\n{len(last)} settings, {found.epochs} epochs; {failed} failed"
