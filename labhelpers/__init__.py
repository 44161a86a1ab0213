"""Helpers of Deep Learning Labs: data, models, training, insight, widgets and the lesson's own.

Importing this package loads no backend and does no work. Import from its rooms::

    from labhelpers.data import make_shapes
    from labhelpers.training import fit_model
"""

from labhelpers.renamed import find_old_modules

__version__ = "0.1.0"

find_old_modules()
