COUNT = "def count_parameters(side_px, num_classes):\n    return "
GRADIENT = "def score_gradient(probabilities, labels):\n"
PROMISE = "def largest_error_rate(n, doubt=0.05):\n    return "

WRONG = {
    "one-layer-count": [
        (COUNT + "side_px * side_px * num_classes", "Each class has a bias as well"),
        (COUNT + "side_px * side_px * num_classes + 1", "each class has its own"),
        (COUNT + "(side_px * side_px) * (num_classes + 1)", "A bias belongs to a class"),
        (COUNT + "side_px * num_classes + num_classes", "How many pixels has the whole image"),
        (COUNT + "side_px * num_classes", "each class has a bias"),
        (COUNT + "15_555", "use the arguments"),
        (COUNT + "str(side_px * side_px * num_classes + num_classes)", "a number"),
        ("count_parameters = 15_555", "wants the function itself"),
    ],
    "one-layer-gradient": [
        (
            GRADIENT + "    gradient = probabilities.copy()\n"
            "    gradient[np.arange(len(labels)), labels] -= 1\n    return gradient",
            "the mean of the batch",
        ),
        (
            GRADIENT + "    return (probabilities - np.eye(probabilities.shape[1])[labels])"
            " / probabilities.size",
            "not over classes",
        ),
        (
            GRADIENT + "    return (np.eye(probabilities.shape[1])[labels] - probabilities)"
            " / len(labels)",
            "The sign is turned round",
        ),
        (
            GRADIENT + "    return np.eye(probabilities.shape[1])[labels] - probabilities",
            "The sign is turned round",
        ),
        (
            GRADIENT + "    gradient = probabilities.copy()\n"
            "    gradient[:, labels] -= 1\n    return gradient / len(labels)",
            "in every row",
        ),
        (GRADIENT + "    return probabilities / len(labels)", "1 must be subtracted"),
        (GRADIENT + "    return probabilities", "1 must be subtracted"),
        (
            GRADIENT + "    targets = np.eye(probabilities.shape[1])[labels]\n"
            "    return -targets / probabilities / len(labels)",
            "derivative by the probabilities",
        ),
        (
            GRADIENT + "    targets = np.eye(probabilities.shape[1])[labels]\n"
            "    return (probabilities - targets).mean(axis=0)",
            "do not add the rows up",
        ),
        (
            GRADIENT + "    probabilities[np.arange(len(labels)), labels] -= 1\n"
            "    return probabilities / len(labels)",
            "Work on a copy",
        ),
        (GRADIENT + "    return probabilities - labels", "do not fit together"),
    ],
    "one-layer-promise": [
        (PROMISE + "3 / n", "the rule of three itself"),
        (PROMISE + "-np.log(doubt) / n", "takes ln(1 - r) for -r"),
        (PROMISE + "doubt ** (1 / n)", "what is left"),
        (PROMISE + "1 - doubt ** n", "take the n-th root"),
        (PROMISE + "1 - (1 - doubt) ** (1 / n)", "changed places"),
        (PROMISE + "1 - 0.05 ** (1 / n)", "use the argument `doubt`"),
        (PROMISE + "1 - n ** doubt", "take the n-th root first"),
    ],
}
