"""Looking: measures, mistakes, tables and figures.

Importing this room loads neither a backend nor matplotlib; asking it for a name may.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "adversarial": ["find_gradient_signs", "perturb_fast_gradient"],
        "calibration": [
            "Calibration",
            "fit_temperature",
            "measure_calibration",
            "plot_reliability",
            "scale_temperature",
        ],
        "features": ["extract_feature_maps", "extract_filters"],
        "figure": ["show_figure"],
        "label_errors": ["find_doubtful_labels"],
        "metrics": ["Comparison", "Evaluation", "compare_scores", "evaluate_classifier"],
        "mistakes": ["Mistakes", "find_mistakes"],
        "pictures": ["plot_images", "plot_weights"],
        "plots": ["plot_confusion", "plot_history"],
        "quality": ["measure_psnr", "measure_ssim", "restore_range"],
        "style": ["COLOURS", "use_style"],
        "tables": ["show_table"],
        "triangles": ["measure_triangle_overlaps", "measure_vertex_errors"],
        "weights": ["collect_weights", "plot_weight_histograms"],
        "widgets": [
            "RecordedTraining",
            "export_model",
            "record_training",
            "show_adversarial",
            "show_corner_finder",
            "show_descent",
            "show_digit_breaker",
            "show_digit_drawer",
            "show_draw_and_classify",
            "show_filters",
            "show_frames",
            "show_hyperparameters",
            "show_noise_explorer",
            "show_training",
        ],
    },
)
