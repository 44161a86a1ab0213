"""Looking: measures, mistakes, tables and figures.

Importing this room loads neither a backend nor matplotlib; asking it for a name may.
"""

import lazy_loader

from labhelpers.renamed import find_renamed

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "measure.gradient_signs": ["find_gradient_signs", "perturb_fast_gradient"],
        "measure.calibration": [
            "Calibration",
            "fit_temperature",
            "measure_calibration",
            "scale_temperature",
        ],
        "measure.features": ["collect_weights", "extract_feature_maps", "extract_filters"],
        "show.figure": ["show_figure"],
        "measure.label_errors": ["find_doubtful_labels"],
        "measure.comparisons": ["Comparison", "compare_scores"],
        "measure.metrics": ["Evaluation", "evaluate_classifier"],
        "measure.mistakes": ["Mistakes", "find_mistakes"],
        "show.image_plots": ["plot_images", "plot_weights"],
        "show.plots": ["plot_confusion", "plot_history"],
        "measure.quality": ["measure_psnr", "measure_ssim", "restore_range"],
        "show.reliability": ["plot_reliability"],
        "show.style": ["COLOURS", "use_style"],
        "show.tables": ["show_table"],
        "measure.triangles": ["measure_triangle_overlaps", "measure_vertex_errors"],
        "show.weight_histograms": ["plot_weight_histograms"],
    },
)
__getattr__ = find_renamed(__name__, __getattr__)
