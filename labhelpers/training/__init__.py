"""Fitting: profiles, seeds, the machine, and `fit_model`.

Importing this room loads no backend.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "search.designs": ["Between", "OneOf", "make_design"],
        "fitting.fit": ["Run", "fit_model"],
        "fitting.fresh_sets": ["fit_fresh_sets"],
        "fitting.schedules": ["make_warmup_cosine"],
        "hardware": ["Hardware", "describe_hardware"],
        "search.training_grid": [
            "HyperparameterResults",
            "measure_hyperparameters",
            "tabulate_grid",
        ],
        "search.numpy_search": ["train_numpy_setting"],
        "profiles": ["Profile", "choose_profile"],
        "seeds": ["get_seed", "set_seed"],
        "search.sweep_files": ["SweepError"],
        "search.sweeps": ["Outcome", "Sweep", "make_rungs", "run_sweep"],
        "fitting.run_monitor": ["TrainingDiverged"],
    },
)
