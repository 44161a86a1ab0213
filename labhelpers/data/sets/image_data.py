"""What the doors of whole data sets hand out."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class ImageData:
    """A data set of images, split into training and test.

    Attributes:
        x_train: Training images, uint8 in [0, 255], (N, H, W) for grey or (N, H, W, 3) for RGB.
        y_train: Their labels, int64 (N,): indices into `classes`.
        x_test: Test images, as `x_train`.
        y_test: Their labels, as `y_train`.
        classes: Names of the classes.
        name: Name of the data set; says so when it is a stand-in.
        source: Where the arrays came from.
        standin: Whether they are drawn, and not the real thing.
    """

    x_train: np.ndarray = field(repr=False)
    y_train: np.ndarray = field(repr=False)
    x_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    classes: tuple[str, ...]
    name: str
    source: str
    standin: bool = False
