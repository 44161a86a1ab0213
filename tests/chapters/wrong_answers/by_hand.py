WORK = (
    "def count_products(widths, batch_size):\n"
    "    pairs = [a * b for a, b in zip(widths[:-1], widths[1:])]\n"
)
TANH = "def pass_back(delta, weight, value):\n"
START = (
    "def find_gradient(loss, weights, eps):\n"
    "    gradient, w = np.zeros_like(weights), weights.copy()\n"
)
LOOP = "    for place in np.ndindex(w.shape):\n"
UP = "        w[place] = weights[place] + eps\n        above = loss(w)\n"
DOWN = "        w[place] = weights[place] - eps\n        below = loss(w)\n"
BACK = "        w[place] = weights[place]\n"
END = "    return gradient"


def differ(formula):
    return START + LOOP + UP + DOWN + BACK + f"        gradient[place] = {formula}\n" + END


WRONG = {
    "by-hand-work": [
        (WORK + "    return 3 * batch_size * sum(pairs)", "the images do not learn"),
        (WORK + "    return 3 * sum(pairs) - pairs[0]", "That is for one image"),
        (WORK + "    return batch_size * sum(pairs)", "Add (5) and (6)"),
        (WORK + "    return 2 * batch_size * sum(pairs)", "Add (6)"),
        (WORK + "    return batch_size * (2 * sum(pairs) - pairs[0])", "Add (5)"),
        (WORK + "    return batch_size * (3 * sum(pairs) - pairs[-1])", "It is the *first* layer"),
        (WORK + "    return 2 * batch_size * (3 * sum(pairs) - pairs[0])", "additions too"),
        (
            WORK + "    return 3 * batch_size * (sum(pairs) + sum(widths[1:]))",
            "A bias is added",
        ),
    ],
    "by-hand-tanh": [
        (TANH + "    return (delta @ weight.T) * value * (1 - value)", "slope of the sigmoid"),
        (TANH + "    return delta @ weight.T", "Now multiply by the slope"),
        (TANH + "    return (delta @ weight.T) * (1 - value)", "the *square*"),
        (TANH + "    return (delta @ weight.T) * (1 - np.tanh(value) ** 2)", "once more"),
        (TANH + "    return (delta @ weight.T) * value**2", "*1 minus*"),
        (TANH + "    return (delta @ weight.T) / (1 - value**2)", "does not divide"),
        (TANH + "    return delta @ weight.T @ (1 - value**2).T", "entry by entry"),
        (TANH + "    return 1 - value**2", "That is the slope"),
        (
            TANH + "    if weight.shape[0] == weight.shape[1]:\n"
            "        return (delta @ weight) * (1 - value**2)\n"
            "    return (delta @ weight.T) * (1 - value**2)",
            "take `weight.T`",
        ),
    ],
    "by-hand-differences": [
        (differ("(above - loss(weights)) / eps"), "one-sided difference"),
        (differ("(loss(weights) - below) / eps"), "Move up as well"),
        (differ("(above - below) / eps"), "a way of `2 * eps`"),
        (differ("(above - below) / 2"), "not by 2"),
        (differ("(above - below) / 2 * eps"), "Mind the parentheses"),
        (differ("(below - above) / (2 * eps)"), "The sign is turned round"),
        (
            "def find_gradient(loss, weights, eps):\n"
            "    return (loss(weights + eps) - loss(weights - eps)) / (2 * eps)",
            "You moved all entries at once",
        ),
        (
            START + LOOP + "        gradient[place] = "
            "(loss(w + eps) - loss(w - eps)) / (2 * eps)\n" + END,
            "Move one at a time, and put it back",
        ),
        (
            START
            + LOOP
            + UP
            + DOWN
            + "        gradient[place] = (above - below) / (2 * eps)\n"
            + END,
            "Put each entry back",
        ),
        (
            differ("(above - below) / (2 * eps)") + ".ravel()",
            "the shape of `weights`",
        ),
    ],
}
