"""Trains the networks that come with the widgets, and draws their still pictures.

    python -m labhelpers.insight.widgets.train [NAME ...]

writes `weights/NAME.bin` and the widgets' `.svg` files. The recipes are those of the chapters in
which the widgets stand; seeds are fixed. Ten minutes on two cores for all.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from labhelpers.data import make_denoising_pairs
from labhelpers.insight.widgets.export import export_model
from labhelpers.insight.widgets.noise_explorer import _draw_pictures, draw_noise_still
from labhelpers.models.shapes import build_hourglass
from labhelpers.training import fit_model

FOLDER = Path(__file__).parent / "weights"


def train_hourglass() -> keras.Model:
    """Trains the hourglass on free shapes under noise from 0 to 400 (chapter "The hourglass")."""
    pairs = make_denoising_pairs(12_000, noise=(0.0, 400.0), seed=11, dtype="uint8")
    noisy, clean = ((images / np.float32(255)).astype("float32") for images in pairs)
    model = build_hourglass(seed=11)
    fit_model(
        model,
        (noisy, clean),
        epochs=8,
        batch_size=16,
        optimizer=keras.optimizers.Adam(_fall(2e-3, 8 * 750)),
        loss="binary_crossentropy",
        seed=11,
    )
    return model


def _fall(rate: float, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    return keras.optimizers.schedules.CosineDecay(rate, steps)


def _draw_noise(models: dict[str, keras.Model]) -> dict[str, str]:
    return {"noise_explorer": draw_noise_still(models["hourglass"], _draw_pictures(72)[2])}


# What is trained at once, and the pictures drawn of it.
RECIPES: dict[str, tuple[Callable[[], keras.Model], Callable[..., dict[str, str]]]] = {
    "hourglass": (train_hourglass, _draw_noise),
}


def main(names: list[str]) -> None:
    """Trains networks and writes their files.

    Args:
        names: Which; all without.
    """
    unknown = set(names) - set(RECIPES)
    if unknown:
        sys.exit(
            f"no network is called {', '.join(sorted(unknown))}; there are {', '.join(RECIPES)}"
        )
    FOLDER.mkdir(exist_ok=True)
    for name in names or RECIPES:
        train, draw = RECIPES[name]
        model = train()
        size = export_model(model, FOLDER / f"{name}.bin")
        for still, svg in draw({name: model}).items():
            (FOLDER / f"{still}.svg").write_text(svg + "\n", encoding="utf-8")
        print(f"{name}: {size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
