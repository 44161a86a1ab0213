"""The drawn stand-in for cats and dogs: faces with pointed ears, faces with hanging ones."""

import numpy as np
from PIL import Image, ImageDraw

from labhelpers.data.fetch.registry import PictureSet
from labhelpers.data.folders.decoding import Sizing
from labhelpers.data.folders.image_folder import FolderImages
from labhelpers.data.sets.standins import note_standin

_COUNTS = {"train": 300, "test": 100}
_SEEDS = {"train": 30, "test": 31}
_COLOURS = ((240, 180, 110), (120, 110, 105), (235, 225, 210), (150, 95, 55), (60, 55, 60))


def draw_pets(spec: PictureSet, sizing: Sizing, split: str, limit: int | None) -> FolderImages:
    """Draws cats and dogs, at most `limit` of each class, the same in every process.

    None draws 300 of each class to train and 100 to test; no drawing is in both.
    """
    count = min(limit or _COUNTS[split], _COUNTS[split])
    random = np.random.RandomState(_SEEDS[split])
    labels = np.repeat(np.arange(len(spec.classes)), count)
    images = np.stack([_draw(label, sizing, random) for label in labels])
    images.flags.writeable = False
    note_standin(spec.title)
    return FolderImages(
        images=images,
        labels=labels.astype(np.int64),
        classes=spec.classes,
        files=tuple(f"{spec.classes[k]}/drawn.{i}.jpg" for i, k in enumerate(labels)),
        name=f"{spec.title}, {split} (stand-in)",
        source="drawn by labhelpers",
        variant="stand-in",
        standin=True,
    )


def _draw(label: int, sizing: Sizing, random: np.random.RandomState) -> np.ndarray:
    """Draws one face, at twice the size and then made smaller for smooth edges."""
    size = 2 * sizing.size_px
    ground, coat = (
        tuple(int(c) for c in colour)
        for colour in (
            random.randint(30, 226, 3),
            np.clip(_COLOURS[random.randint(5)] + random.randint(-20, 21, 3), 0, 255),
        )
    )
    image = Image.new("RGB", (size, size), ground)
    draw = ImageDraw.Draw(image)
    x, y = size * random.uniform(0.42, 0.58), size * random.uniform(0.48, 0.58)
    radius = size * random.uniform(0.18, 0.28)
    dark = tuple(c // 2 for c in coat)
    for side in (-1, 1):
        if label == 0:
            base = [(x + side * radius * 0.25, y - radius * 0.8), (x + side * radius, y - 0.2)]
            tip = (x + side * radius * 0.95, y - radius * random.uniform(1.4, 1.8))
            draw.polygon([*base, tip], fill=dark)
        else:
            ear_x, width = x + side * radius * 1.05, radius * random.uniform(0.25, 0.35)
            top, bottom = y - radius * 0.8, y + radius * random.uniform(0.6, 1.1)
            draw.ellipse((ear_x - width, top, ear_x + width, bottom), fill=dark)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=coat)
    for side in (-1, 1):
        eye = radius * 0.12
        eye_x, eye_y = x + side * radius * 0.4, y - radius * 0.2
        draw.ellipse((eye_x - eye, eye_y - eye, eye_x + eye, eye_y + eye), fill=(20, 20, 20))
    nose = radius * (0.1 if label == 0 else 0.22)
    nose_y = y + radius * 0.35
    draw.ellipse((x - nose, nose_y - nose, x + nose, nose_y + nose), fill=(30, 20, 20))
    small = image.reduce(2)
    pixels = np.asarray(small.convert("L") if sizing.channels == 1 else small)
    noise = random.randint(-12, 13, sizing.shape)
    return np.clip(pixels.reshape(sizing.shape) + noise, 0, 255).astype(np.uint8)
