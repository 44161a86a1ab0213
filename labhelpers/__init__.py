"""Helpers of Deep Learning Labs: data, models, training, insight and the book's own machinery.

Importing this package loads no backend and does no work. Import from its rooms::

    from labhelpers.data import make_shapes
    from labhelpers.training import fit_model
"""

__version__ = "0.1.0"
