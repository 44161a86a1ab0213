"""Where images come from: drawn shapes, noise, splits, and the data sets of the book.

Importing this room loads nothing; asking it for a name loads the file that holds it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "augmentation": ["turn_and_mirror"],
        "sets.cats_vs_dogs": ["load_cats_vs_dogs"],
        "sets.cifar10": ["load_cifar10"],
        "centring": ["centre_digit"],
        "distortions": ["distort_elastically"],
        "fetch.data_error": ["DataError"],
        "folders.folder_index": ["Finding"],
        "folders.image_folder": ["FolderImages", "load_image_folder"],
        "sets.image_data": ["ImageData"],
        "sets.mnist": ["load_mnist"],
        "noise": ["add_gaussian_noise", "add_salt_and_pepper"],
        "fetch.places": ["data_root"],
        "drawn.shapes": [
            "make_denoising_pairs",
            "make_shapes",
            "make_triangles",
            "measure_shape_sizes",
        ],
        "scaling": ["scale_images"],
        "splits": ["split_validation"],
        "sets.standins": ["standin_wanted", "standins_used"],
    },
)
