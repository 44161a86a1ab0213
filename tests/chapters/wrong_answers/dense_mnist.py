COUNT = "def count_parameters(widths):\n"
PAIRS = "sum(a * b for a, b in zip(widths[:-1], widths[1:]))"
STANDARDISE = "def standardise(train, images):\n"
LEAD = (
    "def measure_lead(first, second, labels):\n"
    "    a = ((first == labels) & (second != labels)).sum()\n"
    "    b = ((second == labels) & (first != labels)).sum()\n"
)

WRONG = {
    "dense-mnist-count": [
        (COUNT + f"    return {PAIRS}", "Each unit has a bias as well"),
        (COUNT + f"    return {PAIRS} + sum(widths)", "The inputs have no biases"),
        (COUNT + f"    return {PAIRS} + sum(widths[:-1])", "the *second* width"),
        (COUNT + f"    return {PAIRS} + len(widths) - 1", "every unit has its own"),
        (COUNT + f"    return {PAIRS} + sum(widths[1:-1])", "The last layer has biases too"),
        (COUNT + "    return int(np.prod(widths))", "Layers are added"),
        (COUNT + "    return 55_050", "go through `widths`"),
        (COUNT + "    return widths[0] * widths[1] + widths[1]", "the first layer alone"),
        (COUNT + "    return sum(widths[1:])", "the number of biases"),
        (
            COUNT + "    return sum(widths[i] * widths[i + 1] for i in range(len(widths)))",
            "counting begins at 0",
        ),
        (COUNT + "    print(55_050)", "`return` hands it back"),
    ],
    "dense-mnist-standardise": [
        (
            STANDARDISE + "    return (images - images.mean(axis=0)) / images.std(axis=0)",
            "Take those of `train`",
        ),
        (
            STANDARDISE + "    return (images - train.mean(axis=0)) / train.std(axis=0)",
            "a standard deviation of 0",
        ),
        (
            STANDARDISE + "    return (images - train.mean()) / train.std()",
            "one for each pixel",
        ),
        (
            STANDARDISE + "    return images - train.mean(axis=0)",
            "now divide by the standard deviation",
        ),
        (STANDARDISE + "    return images / train.std(axis=0)", "did not subtract the mean"),
        (
            STANDARDISE + "    return (images - train.mean(axis=0)) / train.var(axis=0)",
            "by the variance",
        ),
        (
            STANDARDISE + "    return images - train.mean(axis=0) / train.std(axis=0)",
            "Mind the order",
        ),
        (
            STANDARDISE + "    spread = train.std(axis=0)\n"
            "    return (train - train.mean(axis=0)) / np.where(spread > 0, spread, 1)",
            "You returned the training images",
        ),
        (
            STANDARDISE + "    spread = train.std(axis=0)\n"
            "    shift = train.mean(axis=0).astype('uint8')\n"
            "    return (images - shift) / np.where(spread > 0, spread, 1)",
            "Bytes wrap round",
        ),
        (
            STANDARDISE + "    spread = train.std(axis=0)\n"
            "    return (images - train.mean(axis=0)) / np.where(spread > 0, spread, 1)",
            "it must become 0",
        ),
        (
            STANDARDISE + "    return (images - train.mean(axis=0)) / (train.std(axis=0) + 1e-7)",
            "it must become 0",
        ),
        (STANDARDISE + "    return images / 255", "both over `axis=0` of `train`"),
    ],
    "dense-mnist-lead": [
        (LEAD + "    return (a - b) / np.sqrt(a + b)", "The lead is 0 then"),
        (LEAD + "    return (b - a) / np.sqrt(max(a + b, 1))", "The sign is turned round"),
        (LEAD + "    return abs(a - b) / np.sqrt(max(a + b, 1))", "Keep the sign"),
        (LEAD + "    return a - b", "Divide it by its standard deviation"),
        (LEAD + "    return (a - b) / max(a + b, 1)", "The square root of a + b"),
        (LEAD + "    return (a - b) / len(labels)", "the difference of the scores"),
        (LEAD + "    return (a - b) / np.sqrt(len(labels))", "one alone is right"),
        (
            "def measure_lead(first, second, labels):\n"
            "    a, b = (first == labels).sum(), (second == labels).sum()\n"
            "    return (a - b) / np.sqrt(a + b)",
            "Images that both read rightly tell nothing",
        ),
        (
            LEAD + "    return (a - b) / np.sqrt(max((first != second).sum(), 1))",
            "both read wrongly",
        ),
    ],
}
