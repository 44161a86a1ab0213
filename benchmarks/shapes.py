"""make_shapes beside a plotting library, and on its own in its kinds and sizes.

Run with `python -m benchmarks.shapes`. Wanted: 10,000 pictures a second on one core. Seconds are
the processor's, so that other programs on a busy machine are not counted. Reference: the same
definitions filled by matplotlib on one reused figure, read back as pixels, with the same noise
added, as the old lab drew them.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from labhelpers.data import make_denoising_pairs, make_shapes, make_triangles
from labhelpers.training import describe_hardware

SIZE_PX = 72
WANTED_PER_S = 10_000
CASES: list[tuple[str, Callable[[int, int], object]]] = [
    ("three kinds, fixed, noise 20", lambda n, seed: make_shapes(n, seed=seed)),
    ("three kinds, free, noise 20", lambda n, seed: make_shapes(n, free=True, seed=seed)),
    ("the same in uint8", lambda n, seed: make_shapes(n, free=True, seed=seed, dtype="uint8")),
    ("squares, free", lambda n, seed: make_shapes(n, kinds=("square",), free=True, seed=seed)),
    ("disks, free", lambda n, seed: make_shapes(n, kinds=("disk",), free=True, seed=seed)),
    ("triangles with vertices", lambda n, seed: make_triangles(n, seed=seed)),
    ("noisy and clean, pairs", lambda n, seed: make_denoising_pairs(n, seed=seed)),
]


def draw_with_matplotlib(count: int, seed: int) -> np.ndarray:
    """Draws free shapes as the old lab did: one filled patch a picture, then noise."""
    random = np.random.RandomState(seed)
    figure = Figure(figsize=(1, 1), dpi=SIZE_PX)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    turn = np.linspace(0, 2 * np.pi, 50)
    images = np.empty((count, SIZE_PX, SIZE_PX, 1), np.float32)
    for image in images:
        kind, u = random.randint(3), random.rand(6)
        if kind == 0:
            x, y = u[[0, 1, 1, 0]], u[[2, 2, 3, 3]]
        elif kind == 1:
            radius = (0.3 + 0.7 * u[2]) / 2
            x, y = u[0] + radius * np.cos(turn), u[1] + radius * np.sin(turn)
        else:
            x, y = u[:3], u[3:]
        axes.clear()
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.fill(x, y, "k")
        canvas.draw()
        greys = np.asarray(canvas.buffer_rgba())[..., :1]
        image[:] = (greys + 20 * random.rand(*greys.shape) + 20) / 295
    return images


def measure(draw: Callable[[int, int], object], count: int, rounds: int) -> list[float]:
    """Draws `count` pictures `rounds` times: pictures a second of each."""
    rates = []
    for seed in range(rounds):
        start = time.process_time()
        draw(count, seed)
        rates.append(count / (time.process_time() - start))
    return rates


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="pictures a round")
    parser.add_argument("--rounds", type=int, default=5, help="rounds a case")
    asked, _ = parser.parse_known_args()
    hardware = describe_hardware()
    print(
        f"one core of {hardware.cpu}; Python {platform.python_version()}, numpy {np.__version__}, "
        f"matplotlib {mpl.__version__}; {SIZE_PX} x {SIZE_PX} px; wanted {WANTED_PER_S:,} a second"
    )
    reference = statistics.median(measure(draw_with_matplotlib, 100, asked.rounds))
    print(f"{'matplotlib, three kinds, free, noise 20':<42} {reference:>8,.0f} pictures a second")
    for name, draw in CASES:
        draw(100, 0)
        rates = measure(draw, asked.count, asked.rounds)
        middle = statistics.median(rates)
        verdict = "" if middle >= WANTED_PER_S else "  SLOWER THAN WANTED"
        print(
            f"{name:<42} {middle:>8,.0f} pictures a second ({min(rates):,.0f}..{max(rates):,.0f}), "
            f"{middle / reference:,.0f}x{verdict}"
        )
    print("median over rounds, in brackets the slowest and the fastest; memory included")


if __name__ == "__main__":
    main()
