"""Kernels as a page holds them: float16, rounded so that a network gives the same answers."""

import numpy as np

# A kernel this small costs 20 kB more at most in float32, and small kernels weigh most: each of
# their weights is used at every place of a map, so that nothing evens their errors out.
_FEW = 10_000


def store_kernel(kernel: np.ndarray, *, outputs: int = -1) -> tuple[np.ndarray, str]:
    """Chooses how a page holds a kernel whose outputs lie along the axis `outputs`.

    What float16 can hold is left as it is, and small kernels stay float32. In a large one each
    weight is rounded to one of its two neighbours in float16, such that the errors of an output's
    weights add up to nothing all along its inputs. Neighbouring inputs are often alike (paper, or
    a map without edges), and there the errors cancel, where plain rounding lets them add up.

    Returns:
        The weights, of the same shape, and their type in the file, "f2" or "f4".
    """
    with np.errstate(over="ignore"):
        if np.array_equal(kernel.astype(np.float16).astype(kernel.dtype), kernel):
            return kernel, "f2"
    if kernel.size <= _FEW:
        return kernel, "f4"
    moved = np.moveaxis(np.asarray(kernel, np.float64), outputs, -1)
    rounded = _carry_errors(moved.reshape(-1, moved.shape[-1])).reshape(moved.shape)
    return np.moveaxis(rounded, -1, outputs), "f2"


def _carry_errors(weights: np.ndarray) -> np.ndarray:
    """Rounds (inputs, outputs) to float16; what one input lost, the next one makes up for."""
    rounded, owed = np.empty_like(weights), np.zeros(weights.shape[1])
    # Too large a weight becomes infinite, which the writer of the file refuses.
    with np.errstate(over="ignore", invalid="ignore"):
        for row, wanted in enumerate(weights):
            rounded[row] = (wanted + owed).astype(np.float16)
            owed += wanted - rounded[row]
    return rounded
