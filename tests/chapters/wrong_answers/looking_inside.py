SECOND = "def bound_second(first, num_classes):\n    low = (1 - first) / (num_classes - 1)\n"
SCALE = "def soften(probabilities, temperature):\n"
PUSH = (
    "def push(images, labels, weights, bias, epsilon):\n"
    "    z = images @ weights + bias\n"
    "    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\n"
    "    t = np.eye(p.shape[1])[labels]\n"
    "    step = epsilon * np.sign((p - t) @ weights.T)\n"
)

WRONG = {
    "looking-inside-second": [
        (SECOND + "    return min(first, 1 - first), low", "the lowest first"),
        (SECOND + "    return low, 1 - first", "cannot be above the first"),
        (SECOND + "    return low, first", "may not add up to more than 1"),
        (SECOND + "    return low, 0.5", "highest of all"),
        (SECOND + "    return 0.0, min(first, 1 - first)", "shared by the others"),
        (
            SECOND + "    return (1 - first) / num_classes, min(first, 1 - first)",
            "all classes but the first",
        ),
        (SECOND + "    return 1 / num_classes, min(first, 1 - first)", "share 1 - first"),
        (SECOND + "    return min(first, 1 - first)", "add up to 1"),
    ],
    "looking-inside-temperature": [
        (SCALE + "    return probabilities ** (1 / temperature)", "divide each by its sum"),
        (
            SCALE + "    p = probabilities**temperature\n"
            "    return p / p.sum(axis=1, keepdims=True)",
            "less sure",
        ),
        (SCALE + "    return probabilities**temperature", "divide by the sum"),
        (
            SCALE + "    p = probabilities / temperature\n"
            "    return p / p.sum(axis=1, keepdims=True)",
            "their *logarithms*",
        ),
        (SCALE + "    return probabilities / temperature", "not the probabilities"),
        (
            SCALE + "    p = np.exp(probabilities / temperature)\n"
            "    return p / p.sum(axis=1, keepdims=True)",
            "softmax of probabilities",
        ),
        (SCALE + "    return np.log(probabilities) / temperature", "These are logits"),
        (
            SCALE + "    p = probabilities ** (1 / temperature)\n    return p / p.sum(axis=0)",
            "shall add up to 1: axis=1",
        ),
        (
            SCALE + "    p = probabilities ** (1 / temperature)\n    return p / p.sum()",
            "the sum of all rows",
        ),
        (
            SCALE + "    probabilities **= 1 / temperature\n"
            "    return probabilities / probabilities.sum(axis=1, keepdims=True)",
            "Work on a copy",
        ),
    ],
    "looking-inside-push": [
        (PUSH + "    return np.clip(images - step, 0, 1)", "go up the gradient"),
        (PUSH + "    return images + step", "cut them with np.clip"),
        (
            PUSH + "    return np.clip(images + epsilon * (p - t) @ weights.T, 0, 1)",
            "Take the *sign*",
        ),
        (
            PUSH + "    return np.clip(images + epsilon * np.sign(p @ weights.T), 0, 1)",
            "Subtract the one-hot labels",
        ),
        (
            PUSH + "    return np.clip(images + epsilon * np.sign((z - t) @ weights.T), 0, 1)",
            "through a softmax first",
        ),
        (PUSH + "    return step", "Add it to the images"),
    ],
}
