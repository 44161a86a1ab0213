"""More views of the same pictures."""

import numpy as np

from labhelpers.arguments import say_wrong


def turn_and_mirror(images: np.ndarray) -> np.ndarray:
    """Turn square pictures by quarters and mirror them: eight views of each.

    Args:
        images: (N, S, S) or (N, S, S, C), of any dtype.

    Returns:
        (8N, S, S) or (8N, S, S, C), the same dtype and values: all pictures turned anticlockwise
        by 0, 1, 2 and 3 quarters, then the same four mirrored left to right. The first N are the
        pictures as they are, so that labels go along as `np.tile(labels, 8)`.

    Raises:
        TypeError: If no array came.
        ValueError: If the pictures are not square.

    Example:
        >>> picture = np.array([[[1, 2], [3, 4]]])
        >>> turn_and_mirror(picture)[[1, 4]].tolist()
        [[[2, 4], [1, 3]], [[2, 1], [4, 3]]]
    """
    wanted = "square, an array (N, S, S) or (N, S, S, C)"
    if not isinstance(images, np.ndarray):
        raise TypeError(say_wrong("images", wanted, images, "Use np.stack(images)."))
    if images.ndim not in (3, 4) or images.shape[1] != images.shape[2]:
        way_on = "Cut or pad them to squares first; of a single one, pass images[None]."
        raise ValueError(say_wrong("images", wanted, images, way_on))
    turned = [np.rot90(images, quarters, axes=(1, 2)) for quarters in range(4)]
    return np.concatenate(turned + [view[:, :, ::-1] for view in turned])
