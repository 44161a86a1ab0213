COUNT = (
    "def count_parameters(side, filters, pool_stride, units):\n"
    "    channels, total = 1, 0\n"
    "    for count in filters:\n"
)
DENSE = "    return total + units * (side * side * channels + 1)"
POOL = (
    "def pool(maps, size=2, stride=2):\n"
    "    windows = np.lib.stride_tricks.sliding_window_view(maps, (size, size), axis=(0, 1))\n"
)
LOSS = "def find_data_loss(loss, weights, l2):\n"

WRONG = {
    "convolutional-count": [
        (
            COUNT + "        total += count * 9 * channels\n"
            "        side, channels = (side - 4) // pool_stride + 1, count\n"
            "    return total + units * side * side * channels",
            "a bias as well",
        ),
        (
            COUNT + "        total += count * 10\n"
            "        side, channels = (side - 4) // pool_stride + 1, count\n" + DENSE,
            "all* maps that come in",
        ),
        (
            COUNT + "        total += count * (9 * channels + 1)\n"
            "        side, channels = (side - 2) // pool_stride + 1, count\n" + DENSE,
            "costs two pixels",
        ),
        (
            COUNT + "        total += count * (9 * channels + 1)\n"
            "        side, channels = side - 2, count\n" + DENSE,
            "You left out the pools",
        ),
        (
            COUNT + "        total += count * (9 * channels + 1)\n"
            "        side, channels = (side - 2) // 2, count\n" + DENSE,
            "Mind `pool_stride`",
        ),
        (
            COUNT + "        total += count * (9 * channels + 1)\n"
            "        side, channels = (side - 2) // pool_stride, count\n" + DENSE,
            "even with stride 1",
        ),
        (
            COUNT + "        total += count * (9 * channels + 1)\n"
            "        channels = count\n"
            "    return total",
            "The dense layer is still missing",
        ),
        (
            COUNT + "        total += count * (9 * channels + 1)\n"
            "        side, channels = (side - 4) // pool_stride + 1, count\n"
            + DENSE
            + " + 10 * (units + 1)",
            "Stop after the layer of `units`",
        ),
        ("def count_parameters(side, filters, pool_stride, units):\n    return 5", "Carry two"),
    ],
    "convolutional-pool": [
        (POOL + "    return windows.max(axis=(3, 4))", "every `stride`-th window"),
        (POOL + "    return windows[::size, ::size].max(axis=(3, 4))", "Move by `stride`"),
        (POOL + "    return windows[::stride, ::stride].mean(axis=(3, 4))", "keeps the largest"),
        (POOL + "    return windows[::stride, ::stride].max(axis=(2, 3, 4))", "for itself"),
        (
            "def pool(maps, size=2, stride=2):\n"
            "    return maps[: len(maps) - size + 1 : stride, : maps.shape[1] - size + 1 : stride]",
            "picks one pixel",
        ),
        (
            POOL + "    return np.maximum(windows[::stride, ::stride].max(axis=(3, 4)), 0)",
            "may be negative",
        ),
    ],
    "convolutional-penalty": [
        (LOSS + "    return loss - l2 * sum((w**2).sum() for w in weights)", "Biases are not"),
        (
            LOSS + "    return loss - l2 / 2 * sum((w**2).sum() for w in weights if w.ndim > 1)",
            "no one half",
        ),
        (
            LOSS + "    return loss - sum((w**2).sum() for w in weights if w.ndim > 1)",
            "Multiply the sum of squares by `l2`",
        ),
        (
            LOSS + "    return l2 * sum((w**2).sum() for w in weights if w.ndim > 1)",
            "That is the penalty",
        ),
        (
            LOSS + "    return loss + l2 * sum((w**2).sum() for w in weights if w.ndim > 1)",
            "take it away",
        ),
        (
            LOSS + "    return loss - l2 * sum(abs(w).sum() for w in weights if w.ndim > 1)",
            "takes squares",
        ),
        (
            LOSS + "    return loss - l2 * sum((w**2).mean() for w in weights if w.ndim > 1)",
            "not their mean",
        ),
        (
            LOSS + "    return loss - l2 * sum((w**2).sum() for w in weights if w.ndim > 1)**0.5",
            "No root",
        ),
    ],
}
