"""Where images come from: drawn shapes, noise, splits, and the data sets of the book.

Importing this room loads nothing; asking it for a name loads the file that holds it.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "DataError": "errors",
    "Finding": "folder_index",
    "FolderImages": "folders",
    "ImageData": "images",
    "add_gaussian_noise": "noise",
    "add_salt_and_pepper": "noise",
    "add_uniform_noise": "noise",
    "data_root": "places",
    "fetch_cats_vs_dogs": "cats_vs_dogs",
    "fetch_cifar10": "cifar10",
    "fetch_mnist": "mnist",
    "load_cats_vs_dogs": "cats_vs_dogs",
    "load_cifar10": "cifar10",
    "load_image_folder": "folders",
    "load_mnist": "mnist",
    "make_denoising_pairs": "shapes",
    "make_shapes": "shapes",
    "make_triangles": "shapes",
    "measure_shape_sizes": "shapes",
    "split_validation": "splits",
    "standin_wanted": "standins",
    "standins_used": "standins",
    "turn_and_mirror": "augmentation",
}

__all__ = [
    "DataError",
    "Finding",
    "FolderImages",
    "ImageData",
    "add_gaussian_noise",
    "add_salt_and_pepper",
    "add_uniform_noise",
    "data_root",
    "fetch_cats_vs_dogs",
    "fetch_cifar10",
    "fetch_mnist",
    "load_cats_vs_dogs",
    "load_cifar10",
    "load_image_folder",
    "load_mnist",
    "make_denoising_pairs",
    "make_shapes",
    "make_triangles",
    "measure_shape_sizes",
    "split_validation",
    "standin_wanted",
    "standins_used",
    "turn_and_mirror",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
