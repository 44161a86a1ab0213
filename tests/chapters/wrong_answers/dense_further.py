SHRINK = "def shrink(rate, decay, images, batch_size, epochs):\n"
BETWEEN = (
    "def read_between(image, y, x):\n"
    "    row, column = int(y), int(x)\n"
    "    fy, fx = y - row, x - column\n"
    "    a, b = image[row, column], image[row, column + 1]\n"
    "    c, d = image[row + 1, column], image[row + 1, column + 1]\n"
)
CHOOSE = (
    "def choose_and_score(right):\n"
    "    half = right.shape[1] // 2\n"
    "    first, second = right[:, :half].mean(axis=1), right[:, half:].mean(axis=1)\n"
)

WRONG = {
    "dense-further-shrink": [
        (
            SHRINK + "    return (1 - rate * decay) ** (images // batch_size * epochs)",
            "round the number of steps up",
        ),
        (
            SHRINK + "    return (1 - rate * decay) ** (images / batch_size * epochs)",
            "no part of a step",
        ),
        (SHRINK + "    return (1 - rate * decay) ** epochs", "one step an epoch"),
        (
            SHRINK + "    return (1 - rate * decay) ** -(-images // batch_size)",
            "a single epoch",
        ),
        (SHRINK + "    return (1 - rate * decay) ** (images * epochs)", "not each image"),
        (
            SHRINK + "    return (1 - decay) ** (-(-images // batch_size) * epochs)",
            "the *rate* times the decay",
        ),
        (
            SHRINK + "    return 1 - rate * decay * -(-images // batch_size) * epochs",
            "multiply, do not subtract",
        ),
        (
            SHRINK + "    return 1 - (1 - rate * decay) ** (-(-images // batch_size) * epochs)",
            "the factor that is left",
        ),
        (SHRINK + "    return rate", "How many steps has an epoch"),
        (SHRINK + "    print(1 - rate * decay)", "`return` hands it back"),
    ],
    "dense-further-between": [
        (BETWEEN + "    return a", "the upper left neighbour alone"),
        (
            "def read_between(image, y, x):\n    return image[round(y), round(x)]",
            "the nearest pixel",
        ),
        (BETWEEN + "    return (a + b + c + d) / 4", "the nearer, the more"),
        (
            BETWEEN
            + "    return fy * (fx * a + (1 - fx) * b) + (1 - fy) * (fx * c + (1 - fx) * d)",
            "The shares are turned round",
        ),
        (
            BETWEEN
            + "    return (1 - fx) * ((1 - fy) * a + fy * b) + fx * ((1 - fy) * c + fy * d)",
            "exchanged",
        ),
        (
            BETWEEN.replace(
                "row, column = int(y), int(x)", "image = image.T; row, column = int(y), int(x)"
            )
            + "    return (1 - fy) * ((1 - fx) * a + fx * b) + fy * ((1 - fx) * c + fx * d)",
            "indexed by row first",
        ),
        (BETWEEN + "    return (1 - fx) * a + fx * b", "in the upper row"),
        (BETWEEN + "    return (1 - fy) * a + fy * c", "in the left column only"),
        (BETWEEN + "    return a + b + c + d", "Blend along x twice"),
    ],
    "dense-further-choose": [
        (CHOOSE + "    return second[first.argmax()], first[first.argmax()]", "turned round"),
        (CHOOSE + "    return first.max(), second.max()", "the *same* setting"),
        (
            CHOOSE + "    return first[second.argmax()], second.max()",
            "stay unseen until the end",
        ),
        (
            CHOOSE + "    return second.max(), first[second.argmax()]",
            "stay unseen until the end",
        ),
        (
            CHOOSE + "    best = right.mean(axis=1).argmax()\n    return first[best], second[best]",
            "had its say as well",
        ),
        (CHOOSE + "    return first.mean(), second.mean()", "means over all settings"),
        (CHOOSE + "    return first.max()", "Two numbers are wanted"),
        (CHOOSE + "    return int(first.argmax())", "Return its two scores"),
    ],
}
