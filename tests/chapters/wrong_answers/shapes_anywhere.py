"""Mistakes to expect in the exercises of the chapter on shapes anywhere."""

COUNT = "def count_convolution(filters, size, channels):\n    "
POOL = "def pool_globally(maps):\n    "
MERGE = "def merge_layers(w1, b1, w2, b2):\n    "

WRONG = {
    "shapes-anywhere-count": [
        (COUNT + "return filters * size * size * channels", "Each kernel has a bias as well"),
        (COUNT + "return filters * size * size * channels + 1", "each kernel has its own"),
        (COUNT + "return filters * channels * (size * size + 1)", "the channels are added up"),
        (COUNT + "return filters * (size * size + 1)", "sees all channels"),
        (COUNT + "return filters * (size * channels + 1)", "`size` is one side"),
        (COUNT + "return 416", "use the arguments"),
        (COUNT + "return filters + size + channels", "How many kernels are there?"),
        (COUNT + "return filter * size", "TypeError"),
    ],
    "shapes-anywhere-pool": [
        (POOL + "return maps.mean(axis=(1, 2))", "average pooling"),
        (POOL + "return maps.sum(axis=(1, 2))", "adds the values up"),
        (POOL + "return maps.max(axis=(1, 2), keepdims=True)", "drop `keepdims`"),
        (POOL + "return maps.max(axis=(2, 3))", "Axes count from 0"),
        (POOL + "return maps.max(axis=(0, 1))", "images, which must stay apart"),
        (POOL + "return maps.max(axis=(1, 2, 3))", "channels must stay apart"),
        (POOL + "return maps.max(axis=-1)", "largest over channels"),
        (POOL + "return maps.max(axis=1)", "W must go as well"),
        (POOL + "return maps.max(axis=2)", "H must go as well"),
        (POOL + "return maps.max()", "one number for all"),
        (POOL + "return np.maximum(maps, 0).max(axis=(1, 2))", "no relu"),
        (POOL + "return max(maps)", "NumPy's own functions"),
        (POOL + "return maps.min(axis=(1, 2))", "which two must go?"),
    ],
    "shapes-anywhere-merge": [
        (MERGE + "return w1 @ w2", "Return two things"),
        (MERGE + "return b1 @ w2 + b2, w1 @ w2", "The bias comes second"),
        (MERGE + "return w1 @ w2, b2", "goes through the second layer's weights"),
        (MERGE + "return w1 @ w2, b1 @ w2", "second layer is missing"),
        (MERGE + "return w1 @ w2, (b1 @ w2) * b2", "what do `b1` and `b2` become?"),
        (MERGE + "return w1 @ w2, b1 + b2", "fit together"),
        (MERGE + "return w2.T @ w1.T, b1 @ w2 + b2", "order matters"),
        (MERGE + "return w1 * w2, b1 * b2", "fit together"),
        (MERGE + "return w1 + w1, b1", "what stands with `x`"),
    ],
}
