"""Fitting: profiles, seeds, the machine, and `fit_model`.

Importing this room loads no backend.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "designs": ["Between", "OneOf", "make_design"],
        "fit": ["Run", "fit_model"],
        "hardware": ["Hardware", "describe_hardware"],
        "hyperparameters": ["HyperparameterResults", "measure_hyperparameters"],
        "numpy_grid": ["tabulate_grid"],
        "numpy_search": ["train_numpy_setting"],
        "profiles": ["Profile", "choose_profile"],
        "seeds": ["get_seed", "set_seed"],
        "sweep_files": ["SweepError"],
        "sweeps": ["Outcome", "Sweep", "make_rungs", "run_sweep"],
        "watch": ["TrainingDiverged"],
    },
)
