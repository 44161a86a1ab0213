"""Gradient descent on a surface over a plane, with rate and momentum."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib import rc_context

from labhelpers.arguments import check_choice, check_count, check_number
from labhelpers.insight.show.style import COLOURS, use_style
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.stills import close_still

MOST_STEPS = 100
_SLOWEST, _FASTEST = 1e-3, 10**0.5
_MESSAGE = (
    "Gradient descent on a surface: short steps arrive late, steps that are too long fly off, and "
    "momentum carries the path along a ravine, and over a hill into the deeper of two valleys."
)


@dataclass(frozen=True)
class Surface:
    """A height over the plane: (quartic x^4 + square x^2 + tilt x + across y^2) / 2 - floor.

    Attributes:
        floor: The lowest value without it.
        lowest: (x, y) where the height is 0.
        steepest: The largest curvature where it is the same everywhere, else 0.
    """

    name: str
    quartic: float
    square: float
    tilt: float
    across: float
    floor: float
    lowest: tuple[float, float]
    steepest: float

    def measure_height(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Height above the lowest point: 0 or more, of the shape of x and y."""
        along = self.quartic * x**4 + self.square * x**2 + self.tilt * x
        return (along + self.across * y**2) / 2 - self.floor

    def measure_slope(self, x: float, y: float) -> tuple[float, float]:
        """Gradient of the height: its parts along x and y."""
        return 2 * self.quartic * x**3 + self.square * x + self.tilt / 2, self.across * y


def _make_surface(
    name: str, *, quartic: float = 0.0, square: float, tilt: float = 0.0, across: float
) -> Surface:
    # Where the slope along x is 0.
    roots = np.roots([2 * quartic, 0.0, square, tilt / 2]) if quartic else np.zeros(1)
    xs = roots[np.isreal(roots)].real
    along = (quartic * xs**4 + square * xs**2 + tilt * xs) / 2
    best = int(along.argmin())
    return Surface(
        *(name, quartic, square, tilt, across, float(along[best]), (float(xs[best]), 0.0)),
        steepest=0.0 if quartic else max(square, across),
    )


SURFACES = (
    _make_surface("round bowl", square=1.0, across=1.0),
    _make_surface("long ravine", square=1.0, across=25.0),
    _make_surface("two valleys", quartic=1.0, square=-2.0, tilt=0.3, across=2.0),
)


class DescentExplorer(LiveWidget):
    """The widget of `show_descent`; its attributes may be read and set live.

    Attributes:
        surface: Which surface is shown, from 0.
        rate: The learning rate.
        momentum: Share of the last step that is kept.
        steps: Steps shown.
        x: Where the path begins, from -2 to 2.
        y: Where it begins, from -1.5 to 1.5.
        most_steps: Steps that there can be.
        surfaces: All surfaces.
    """

    module: ClassVar[str] = "descent"
    height_px: ClassVar[tuple[int, int]] = (480, 770)

    surface = traitlets.Int(0).tag(sync=True)
    rate = traitlets.Float(0.1).tag(sync=True)
    momentum = traitlets.Float(0.0).tag(sync=True)
    steps = traitlets.Int(20).tag(sync=True)
    x = traitlets.Float(-1.7).tag(sync=True)
    y = traitlets.Float(1.0).tag(sync=True)
    most_steps = traitlets.Int(MOST_STEPS).tag(sync=True)
    surfaces = traitlets.List(traitlets.Dict()).tag(sync=True)


def show_descent(
    *,
    surface: str = "long ravine",
    rate: float = 0.05,
    momentum: float = 0.0,
    steps: int = 20,
    start: Sequence[float] = (-1.7, 1.0),
) -> DescentExplorer:
    """Shows gradient descent on a surface: drag the start, choose rate and momentum.

    A step is v = momentum v - rate g, then p = p + v, with g the gradient: `descend` in Python.
    It needs no kernel.

    Args:
        surface: "round bowl" (curvature 1), "long ravine" (curvatures 1 and 25) or "two valleys".
        rate: The learning rate to begin with, from 0.001 to 3.16; a slider in steps of a tenth
            of a power of ten.
        momentum: From 0 to 0.99.
        steps: Steps shown, at most 100.
        start: (x, y), within -1.9 to 1.9 and -1.4 to 1.4.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of its range.
    """
    names = [one.name for one in SURFACES]
    x, y = _check_start(start)
    return DescentExplorer(
        surface=names.index(check_choice("surface", surface, names)),
        rate=check_number("rate", rate, at_least=_SLOWEST, at_most=_FASTEST),
        momentum=check_number("momentum", momentum, at_most=0.99),
        steps=check_count("steps", steps, at_least=0, at_most=MOST_STEPS),
        x=x,
        y=y,
        surfaces=[asdict(one) | {"lowest": list(one.lowest)} for one in SURFACES],
        still=_draw_still(),
        message=_MESSAGE,
    )


def descend(
    surface: Surface, *, start: Sequence[float], rate: float, momentum: float, steps: int
) -> np.ndarray:
    """Takes steps of gradient descent; returns (steps + 1, 2), the start and where each leads."""
    path, speed = [np.array(start, float)], np.zeros(2)
    for _ in range(steps):
        speed = momentum * speed - rate * np.array(surface.measure_slope(*path[-1]))
        path.append(path[-1] + speed)
    return np.stack(path)


def _check_start(start: Sequence[float]) -> tuple[float, float]:
    if isinstance(start, str) or len(start) != 2:
        raise ValueError(f"start must be (x, y), but {start!r} came.")
    return (
        check_number("start[0]", start[0], at_least=-1.9, at_most=1.9),
        check_number("start[1]", start[1], at_least=-1.4, at_most=1.4),
    )


def _draw_still() -> str:
    """Draws the ravine at a rate that holds, at one too high, and with momentum."""
    ravine = SURFACES[1]
    shown = ((0.02, 0.0, 40), (0.081, 0.0, 14), (0.02, 0.8, 40))
    x, y = np.meshgrid(np.linspace(-2, 2, 161), np.linspace(-1.5, 1.5, 121))
    with rc_context():
        use_style()
        figure, panels = plt.subplots(1, 3, figsize=(7, 2.4), layout="constrained")
        for axes, (rate, momentum, steps) in zip(panels, shown, strict=True):
            axes.contour(
                x,
                y,
                ravine.measure_height(x, y),
                levels=2.0 ** np.arange(-3, 6),
                colors="gray",
                linewidths=0.7,
            )
            path = descend(ravine, start=(-1.7, 1.0), rate=rate, momentum=momentum, steps=steps)
            axes.plot(*path.T, color=COLOURS[1], marker=".", markersize=4, linewidth=1)
            axes.plot(*ravine.lowest, "x", color=COLOURS[2], markersize=9)
            axes.set(aspect="equal", xlim=(-2, 2), ylim=(-1.5, 1.5), xticks=[], yticks=[])
            axes.set_title(f"rate {rate:g}\nmomentum {momentum:g}", fontsize=9)
        return close_still(figure, _MESSAGE)
