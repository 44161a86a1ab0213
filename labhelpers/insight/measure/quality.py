"""How near an image is to a clean one."""

import numpy as np
from skimage import metrics

from labhelpers.arguments import check_images, check_number, say_wrong

# The window of the paper that defined the measure.
_SSIM_DEVIATION_PX = 1.5
_SSIM_WINDOW_PX = 11


def measure_psnr(images: np.ndarray, clean: np.ndarray) -> np.ndarray:
    """Measures the peak signal-to-noise ratio of each image, with a range of 1.

    -10 log10 of the mean squared difference over an image's pixels and channels: ten more are a
    tenth of the squared error. Of noisy images of `make_denoising_pairs`, take `restore_range`
    first, or the other scale is counted as an error.

    Args:
        images: (N, H, W) or (N, H, W, C), floats on the scale of `clean` (they may leave 0 .. 1,
            as restored noise does), or uint8, which is divided by 255.
        clean: The right ones, of the same shape: floats in [0, 1], or uint8.

    Returns:
        (N,) float64, in dB; infinite where an image is right to the last bit.

    Raises:
        TypeError, ValueError: If dtypes or values are not possible, or shapes differ.

    Example:
        >>> grey = np.full((1, 8, 8, 1), 0.6)
        >>> measure_psnr(grey, np.full((1, 8, 8, 1), 0.5)).round(6)
        array([20.])
    """
    images, clean = _check_pair(images, clean)
    squared = np.square(images - clean).reshape(len(clean), -1).mean(axis=1)
    with np.errstate(divide="ignore"):
        return -10.0 * np.log10(squared)


def measure_ssim(images: np.ndarray, clean: np.ndarray) -> np.ndarray:
    """Measures the structural similarity of each image, with a range of 1.

    Mean over all windows of how well brightness, contrast and pattern agree (Z. Wang, A. Bovik,
    H. Sheikh and E. Simoncelli, IEEE Transactions on Image Processing 13, 2004), with the paper's
    Gaussian windows of 11 px and deviation 1.5 px; computed by scikit-image.

    Args:
        images: (N, H, W) or (N, H, W, C) of at least 11 px, as in `measure_psnr`.
        clean: The right ones, of the same shape: floats in [0, 1], or uint8.

    Returns:
        (N,) float64, from -1 to 1; 1 for an image that is right.

    Raises:
        TypeError: If one is no array of uint8 or floats.
        ValueError: If shapes differ, values are not possible, or images are too small.
    """
    images, clean = _check_pair(images, clean)
    if min(clean.shape[1:3]) < _SSIM_WINDOW_PX:
        raise ValueError(
            f"images must be at least {_SSIM_WINDOW_PX} px high and wide, the size of a window, "
            f"but have the shape {images.shape}."
        )
    channel_axis = 2 if clean.ndim == 4 else None
    return np.array(
        [
            metrics.structural_similarity(
                one,
                right,
                data_range=1.0,
                channel_axis=channel_axis,
                gaussian_weights=True,
                sigma=_SSIM_DEVIATION_PX,
                use_sample_covariance=False,
            )
            for one, right in zip(images, clean, strict=True)
        ]
    )


def restore_range(noisy: np.ndarray, noise: float | np.ndarray) -> np.ndarray:
    """Brings noisy images of `make_denoising_pairs` back to the range of the clean ones.

    They are (x + noise u + noise) / (255 + 2 noise), with u uniform in [0, 1). This undoes the
    scaling and takes the mean of the noise away, so that what is left beside the clean image has
    mean 0 and lies within noise / 510 of it. Nothing is clipped.

    Args:
        noisy: (N, H, W) or (N, H, W, 1), floats in [0, 1] or uint8.
        noise: The amplitude they were drawn with, in grey values of 255; or (N,), one for each.

    Returns:
        float32 of the same shape; ink is near 0 and paper near 1.

    Raises:
        TypeError: If `noisy` is no array of uint8 or floats, or `noise` no number.
        ValueError: If the noise is negative, or not one for each image.

    Example:
        >>> restore_range(np.full((1, 8, 8, 1), 0.5), 100.0)[0, 0, 0]
        array([0.3039216], dtype=float32)
    """
    images = _to_float(check_images("noisy", noisy))
    if np.ndim(noise) == 0:
        level = np.float64(check_number("noise", noise))
    else:
        level = np.asarray(noise, np.float64)
        if level.shape != (len(images),):
            raise ValueError(
                f"noise must be one number, or {len(images)} numbers, one for each image, but the "
                f"shape {level.shape} came."
            )
        if not (np.isfinite(level).all() and (level >= 0).all()):
            raise ValueError("noise must be finite and at least 0 for each image, but is not.")
        level = level.reshape(-1, *[1] * (images.ndim - 1))
    return ((images * (255 + 2 * level) - 1.5 * level) / 255).astype(np.float32)


def _check_pair(images: np.ndarray, clean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns both as float64, or says how they do not fit."""
    clean = _to_float(check_images("clean", clean))
    if not (
        isinstance(images, np.ndarray) and (images.dtype == np.uint8 or images.dtype.kind == "f")
    ):
        raise TypeError(say_wrong("images", "an array of uint8 or of floats", images))
    if images.shape != clean.shape:
        raise ValueError(
            "images and clean must be of one shape, but are "
            f"{images.shape} and {clean.shape}. A network's images have a last axis of length 1: "
            "add it with clean[..., None]."
        )
    images = _to_float(images)
    if not np.isfinite(images).all():
        raise ValueError("images must be finite, but hold NaN or infinity.")
    furthest = float(abs(images).max())
    if furthest > 10:
        raise ValueError(
            f"images must be on the scale of clean, 0 to 1, but reach {furthest:g}: divide "
            "0..255 by 255 first."
        )
    return images, clean


def _to_float(images: np.ndarray) -> np.ndarray:
    return images / 255.0 if images.dtype == np.uint8 else images.astype(np.float64)
