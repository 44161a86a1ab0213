"""Looking: measures, mistakes, tables and figures.

Importing this room loads neither a backend nor matplotlib; asking it for a name may.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "COLOURS": "style",
    "Comparison": "metrics",
    "Evaluation": "metrics",
    "Mistakes": "mistakes",
    "RecordedTraining": "widgets",
    "compare_scores": "metrics",
    "evaluate_classifier": "metrics",
    "export_model": "widgets",
    "find_mistakes": "mistakes",
    "measure_psnr": "quality",
    "measure_ssim": "quality",
    "measure_triangle_overlaps": "triangles",
    "measure_vertex_errors": "triangles",
    "plot_confusion": "plots",
    "plot_history": "plots",
    "plot_images": "pictures",
    "plot_weights": "pictures",
    "record_training": "widgets",
    "restore_range": "quality",
    "show_corner_finder": "widgets",
    "show_descent": "widgets",
    "show_draw_and_classify": "widgets",
    "show_figure": "figure",
    "show_filters": "widgets",
    "show_frames": "widgets",
    "show_hyperparameters": "widgets",
    "show_noise_explorer": "widgets",
    "show_table": "tables",
    "show_training": "widgets",
    "use_style": "style",
}

__all__ = [
    "COLOURS",
    "Comparison",
    "Evaluation",
    "Mistakes",
    "RecordedTraining",
    "compare_scores",
    "evaluate_classifier",
    "export_model",
    "find_mistakes",
    "measure_psnr",
    "measure_ssim",
    "measure_triangle_overlaps",
    "measure_vertex_errors",
    "plot_confusion",
    "plot_history",
    "plot_images",
    "plot_weights",
    "record_training",
    "restore_range",
    "show_corner_finder",
    "show_descent",
    "show_draw_and_classify",
    "show_figure",
    "show_filters",
    "show_frames",
    "show_hyperparameters",
    "show_noise_explorer",
    "show_table",
    "show_training",
    "use_style",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
