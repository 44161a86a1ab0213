CONSTANT = "def loss_of_knowing_nothing(targets):\n    return "
MATCHING = "def match_corners(corners, true_corners):\n"
GREYS = "def fit_greys(image, coverage):\n"
LINE = GREYS + "    slope, start = np.polyfit(coverage.ravel(), image.ravel(), 1)\n    return "


def match(orders, last):
    """An answer that tries `orders` and returns `last` of the distances (orders, 3)."""
    return (
        MATCHING
        + f"    tried = np.array([corners[list(order)] for order in {orders}])\n"
        + "    gaps = np.linalg.norm(tried - true_corners, axis=2)\n"
        + f"    return {last}"
    )


ALL = "permutations(range(3))"

WRONG = {
    "where-is-the-triangle-constant": [
        (CONSTANT + "targets.var()", "one constant for all K numbers"),
        (CONSTANT + "targets.var(axis=0)", "number alone"),
        (CONSTANT + "targets.var(axis=0).sum()", "not a sum"),
        (CONSTANT + "targets.std(axis=0).mean()", "standard deviations"),
        (CONSTANT + "targets.var(axis=0).mean() ** 0.5", "squared"),
        (CONSTANT + "(targets ** 2).mean()", "answering 0"),
        (
            CONSTANT + "((targets - np.median(targets, axis=0)) ** 2).mean()",
            "mean *absolute* error",
        ),
        (CONSTANT + "targets.mean(axis=0)", "the best constant itself"),
        (CONSTANT + "targets.var(axis=0, ddof=1).mean()", "not by N - 1"),
    ],
    "where-is-the-triangle-matching": [
        (match("[(0, 1, 2)]", "gaps.mean()"), "A triangle has no first"),
        (
            match("[(0, 1, 2), (1, 2, 0), (2, 0, 1)]", "gaps.mean(axis=1).min()"),
            "There are six",
        ),
        (match(ALL, "gaps.mean(axis=1).max()"), "worst of the six"),
        (match(ALL, "gaps.sum(axis=1).min()"), "The mean is wanted"),
        (match(ALL, "gaps.mean()"), "mean over all matchings"),
        (match(ALL, "(gaps ** 2).mean(axis=1).min()"), "take the root"),
        (match("[(0, 1, 2), (1, 2, 0), (2, 0, 1)]", "gaps.min(axis=0).mean()"), "may then share"),
        (
            MATCHING + "    gaps = np.linalg.norm(corners[:, None] - true_corners, axis=2)\n"
            "    return gaps.min(axis=1).mean()",
            "may then share",
        ),
        (
            MATCHING + "    moved = np.sort(corners, axis=0) - np.sort(true_corners, axis=0)\n"
            "    return np.linalg.norm(moved, axis=1).mean()",
            "Move whole corners",
        ),
    ],
    "where-is-the-triangle-greys": [
        (LINE + "start + slope, start", "paper comes first"),
        (LINE + "start, slope", "*difference* of ink and paper"),
        (LINE + "slope, start", "the slope first"),
        (GREYS + "    return image.max(), image.min()", "are noise's"),
        (
            GREYS
            + "    dark = coverage >= 0.5\n    return image[~dark].mean(), image[dark].mean()",
            "a mixture",
        ),
        (
            GREYS + "    return image[coverage == 0].mean(), image[coverage == 1].mean()",
            "fit a line to all",
        ),
    ],
}
