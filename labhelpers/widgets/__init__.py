"""Widgets: what readers move, in the built book without a kernel and in notebooks with one.

Each is an anywidget whose JavaScript module does the work in the browser, with networks exported
by `export_model`. Importing this package loads neither a backend nor anywidget.
"""

import lazy_loader

from labhelpers.renamed import find_renamed

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "adversarial": ["show_adversarial"],
        "corner_finder": ["show_corner_finder"],
        "descent": ["show_descent"],
        "digit_breaker": ["show_digit_breaker"],
        "digit_drawer": ["show_digit_drawer"],
        "draw_and_classify": ["show_draw_and_classify"],
        "export": ["export_model", "pack_model"],
        "filters": ["show_filters"],
        "frames": ["show_frames"],
        "hyperparameters": ["show_hyperparameters"],
        "live_training": ["show_live_training"],
        "noise_explorer": ["show_noise_explorer"],
    },
)
__getattr__ = find_renamed(__name__, __getattr__)
