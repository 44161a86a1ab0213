"""A model that is asked about several views of each image."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class MeanOverViews:
    """Averages a model's predictions over views of each image, such as shifted copies.

    Averaging cancels answers that depend on the exact position. Known as test-time augmentation.

    Args:
        model: A Keras model, or any object with a `predict(images, ...)`.
        views: Each makes a view of all images: a function from images (N, ...) to images of the
            same shape and range. `lambda images: images` is the view as they are.

    Raises:
        ValueError: If there are no views.

    Source:
        A. Krizhevsky, I. Sutskever and G. Hinton (2012), ImageNet classification with deep
        convolutional neural networks, section 4.1.
    """

    def __init__(self, model: Any, views: Sequence[Callable[[np.ndarray], np.ndarray]]) -> None:
        if not len(views):
            raise ValueError(
                "views must be one function at least, but none came. Write for example "
                "views=[lambda images: images, lambda images: np.roll(images, 1, axis=1)]."
            )
        self.model = model
        self.views = tuple(views)

    def predict(self, images: np.ndarray, **options: Any) -> np.ndarray:
        """Returns the mean of the model's predictions over the views.

        Args:
            images: (N, ...) as the model takes them.
            options: For the model's `predict`, such as `batch_size` and `verbose`.
        """
        answers = [self.model.predict(view(images), **options) for view in self.views]
        return np.mean(answers, axis=0)
