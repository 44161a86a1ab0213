"""Learning rate, batch size and optimiser: measured results, and trainings started by hand."""

import threading
from typing import Any, ClassVar

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib import rc_context

from labhelpers.insight.show.style import use_style
from labhelpers.training.fitting.run_monitor import TrainingDiverged
from labhelpers.training.search.training_grid import HyperparameterResults, train_setting
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.stills import close_still

_MESSAGE = (
    "Trainings with every combination of learning rate, batch size and optimiser, as they were "
    "measured. Each optimiser has rates at which it learns, below them it crawls and above them "
    "it fails, and where they lie depends on the batch size."
)


class HyperparameterExplorer(LiveWidget):
    """The widget of `show_hyperparameters`; its attributes may be read and set live.

    Attributes:
        optimizer: Which optimiser is shown, from 0.
        rate: Which learning rate is chosen, from 0.
        batch_size: Which batch size is chosen, from 0.
        measure: 0 for the validation score, 1 for the validation loss, 2 for the training loss,
            3 for seconds.
        results: What was measured.
    """

    module: ClassVar[str] = "hyperparameters"
    height_px: ClassVar[tuple[int, int]] = (406, 610)  # and a line for each batch size

    optimizer = traitlets.Int(0).tag(sync=True)
    rate = traitlets.Int(0).tag(sync=True)
    batch_size = traitlets.Int(0).tag(sync=True)
    measure = traitlets.Int(0).tag(sync=True)
    results = traitlets.Dict().tag(sync=True)

    def __init__(self, *, task: Any = None, **values: Any) -> None:
        super().__init__(**values)
        self._task = task
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        lines = len(self.results.get("batch_sizes", ()))
        self.space = [self.height_px[0] + 29 * lines, self.height_px[1] + 26 * lines]
        self.on_msg(self._answer)

    def set_results(self, results: HyperparameterResults) -> None:
        """Puts other results, as for `show_hyperparameters`, in the place of those shown."""
        chosen = _check_and_choose(results)
        self._stop.set()
        self._task = results.task
        with self.hold_sync():
            for name, value in {**chosen, "results": _pack(results)}.items():
                setattr(self, name, value)

    def _answer(self, widget: Any, content: dict[str, Any], buffers: Any) -> None:
        kind = content.get("kind")
        busy = self._thread is not None and self._thread.is_alive()
        if kind == "stop" and busy:
            self._stop.set()
        elif kind == "start" and not busy:
            wanted = {name: content.get(name) for name in ("optimizer", "rate", "batch_size")}
            self._stop.clear()
            self._say("progress", "Your training begins.", loss=[])
            self._thread = threading.Thread(target=self._train, args=(wanted,), daemon=True)
            self._thread.start()
        else:
            self._say("progress" if busy else "ready", "Train with these settings yourself.")

    def _train(self, wanted: dict[str, Any]) -> None:
        task = self._task
        losses: list[float] = []

        def tell(epoch: int, logs: dict[str, float]) -> None:
            losses.append(logs.get("loss", float("nan")))
            text = f"Your training: epoch {epoch} of {task.epochs}, loss {losses[-1]:.3g}."
            self._say("progress", text, loss=[x if np.isfinite(x) else None for x in losses])

        stop = self._stop.is_set
        trained = train_setting(wanted, task.epochs, task, on_epoch=tell, should_stop=stop)
        try:
            scores = [measured["score"] for measured in trained]
        except TrainingDiverged:
            self._say("end", f"Your training diverged in epoch {len(losses) + 1}.")
            return
        # Whatever it is, the reader must hear of it: this thread has no cell to fail in.
        except Exception as error:
            self._say("end", f"Your training failed: {error}")
            return
        how = "stopped" if self._stop.is_set() else "ended"
        text = f"Your training {how} after {len(scores)} of {task.epochs} epochs"
        self._say("end", text + (f": validation score {scores[-1]:.3f}." if scores else "."))

    def _say(self, kind: str, text: str, **more: Any) -> None:
        self.send({"kind": kind, "text": text, **more})


def show_hyperparameters(results: HyperparameterResults) -> HyperparameterExplorer:
    """Shows what came of every combination of learning rate, batch size and optimiser.

    A table for each optimiser, coloured by result, and the curves of the combination chosen. With
    a kernel a button starts the training with these settings anew, and stops it.

    Args:
        results: What `measure_hyperparameters` returned.

    Returns:
        The widget; it shows as the last value of a cell. It begins at the best validation score.

    Raises:
        TypeError: If `results` is something else.
    """
    chosen = _check_and_choose(results)
    return HyperparameterExplorer(
        **chosen,
        task=results.task,
        results=_pack(results),
        still=_draw_still(results),
        message=_MESSAGE,
    )


def _check_and_choose(results: HyperparameterResults) -> dict[str, int]:
    """Finds the combination of the best validation score, each part from 0."""
    if not isinstance(results, HyperparameterResults):
        raise TypeError(
            "results must be what measure_hyperparameters returned, but is a "
            f"{type(results).__name__}."
        )
    shape = len(results.optimizers), len(results.batch_sizes), len(results.rates)
    best = np.unravel_index(int(np.argmax(_find_scores(results))), shape)
    return dict(zip(("optimizer", "batch_size", "rate"), map(int, best), strict=True))


def _find_scores(results: HyperparameterResults) -> np.ndarray:
    """Finds each trial's last validation score, 0 of those that diverged."""
    return np.array([one.score or 0.0 for one in results.trials])


def _pack(results: HyperparameterResults) -> dict[str, Any]:
    def shorten(values: list[float]) -> list[float]:
        return [float(f"{value:.4g}") for value in values]

    return {
        "rates": [float(rate) for rate in results.rates],
        "batch_sizes": list(results.batch_sizes),
        "optimizers": list(results.optimizers),
        "epochs": results.task.epochs,
        "trials": [
            {
                "loss": shorten(one.curve("train_loss")),
                "val_loss": shorten(one.curve("loss")),
                "val_score": shorten(one.curve("score")),
                "seconds": round(one.seconds, 2),
                "diverged": one.diverged,
            }
            for one in results.trials
        ],
    }


def _draw_still(results: HyperparameterResults) -> str:
    count = len(results.optimizers)
    scores = _find_scores(results).reshape(count, len(results.batch_sizes), len(results.rates))
    written = {"ha": "center", "va": "center", "fontsize": 8, "color": "black"}
    with rc_context():
        use_style()
        figure, panels = plt.subplots(
            1, count, figsize=(7, 2.4), layout="constrained", squeeze=False
        )
        for axes, name, table in zip(panels[0], results.optimizers, scores, strict=True):
            axes.pcolormesh(table, cmap="Blues", vmin=0, vmax=1.6, edgecolors="gray", linewidth=0.5)
            for (row, column), score in np.ndenumerate(table):
                axes.text(column + 0.5, row + 0.5, f"{score:.2f}", **written)
            axes.set_xticks(np.arange(len(results.rates)) + 0.5, [f"{r:g}" for r in results.rates])
            axes.set_yticks(np.arange(len(table)) + 0.5, [str(n) for n in results.batch_sizes])
            axes.tick_params(labelsize=8)
            axes.grid(False)
            axes.invert_yaxis()
            axes.set_title(name, fontsize=10)
            axes.set_xlabel("rate", fontsize=9)
        panels[0][0].set_ylabel("batch size", fontsize=9)
        return close_still(figure, _MESSAGE)
