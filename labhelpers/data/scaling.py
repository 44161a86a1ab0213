"""Grey values of images, brought into the range in which networks learn."""

import numpy as np

from labhelpers.arguments import check_images


def scale_images(images: np.ndarray) -> np.ndarray:
    """Scales bytes from 0 to 255 to numbers from 0 to 1.

    Args:
        images: (N, H, W) or (N, H, W, C), uint8.

    Returns:
        The same shape, float32 in [0, 1].

    Raises:
        TypeError: If the images are not uint8: scaled twice, they would be nearly black.

    Example:
        >>> scale_images(np.array([[[0, 255]]], "uint8")).tolist()
        [[[0.0, 1.0]]]
    """
    images = check_images("images", images)
    if images.dtype != np.uint8:
        raise TypeError(f"images must be uint8, but {images.dtype} came: they are scaled already.")
    return images.astype("float32") / 255
