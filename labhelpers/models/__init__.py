"""Builders of networks, ready to be fitted, one file a family.

Importing this room loads no backend; asking it for a name does.
"""

import lazy_loader

from labhelpers.renamed import find_renamed

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "layer_costs": ["count_multiply_adds"],
        "mnist_dense": ["build_dense"],
        "mnist_cnn": [
            "build_compact_cnn",
            "build_large_cnn",
            "build_overlapping_cnn",
            "build_strided_cnn",
        ],
        "shape_networks": [
            "build_global_pool_cnn",
            "build_hourglass",
            "build_linear",
            "build_small_cnn",
            "build_vertex_regressor",
        ],
        "views": ["MeanOverViews"],
    },
)
__getattr__ = find_renamed(__name__, __getattr__)
