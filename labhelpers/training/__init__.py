"""Fitting: profiles, seeds, the machine, and `fit_model`.

Importing this room loads no backend.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "fit": ["Run", "fit_model"],
        "hardware": ["Hardware", "describe_hardware"],
        "hyperparameters": ["HyperparameterResults", "measure_hyperparameters"],
        "profiles": ["Profile", "choose_profile"],
        "seeds": ["get_seed", "set_seed"],
        "watch": ["TrainingDiverged"],
    },
)
