"""Builders of networks, ready to be fitted, one file a family.

Importing this room loads no backend; asking it for a name does.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "mnist_dense": ["build_dense"],
        "mnist_cnn": [
            "build_large_convolutional",
            "build_overlapping_convolutional",
            "build_small_convolutional",
            "build_strided_convolutional",
        ],
        "shape_networks": [
            "build_global_pool_cnn",
            "build_hourglass",
            "build_linear",
            "build_small_cnn",
            "build_vertex_regressor",
        ],
    },
)
