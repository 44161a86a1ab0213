WORK = "def count_multiplications(side_px, channels, filters, size, stride):\n"
PLACES = "    n = -(-side_px // stride)\n"
FIELD = "def measure_field(stack):\n"
PERMUTE = "def permute_kernel(kernel, order):\n"

WRONG = {
    "small-and-strong-work": [
        (WORK + "    return 225_792", "use the arguments"),
        (WORK + "    return side_px**2 * size**2 * channels * filters", "Mind the stride"),
        (WORK + "    return (side_px // stride)**2 * size**2 * channels * filters", "Round up"),
        (
            WORK + "    n = -(-(side_px - size + 1) // stride)\n"
            "    return n**2 * size**2 * channels * filters",
            "without padding",
        ),
        (WORK + PLACES + "    return n * size**2 * channels * filters", "square the number"),
        (WORK + PLACES + "    return n**2 * size**2 * filters", "Each filter sees all channels"),
        (WORK + PLACES + "    return n**2 * size * channels * filters", "A window has"),
        (WORK + PLACES + "    return n**2 * (size**2 * channels + 1) * filters", "A bias is added"),
        (WORK + PLACES + "    return n**2 * size**2 * channels", "the work of one filter"),
        (WORK + "    return size**2 * channels * filters", "the number of weights"),
        (WORK + "    return (size**2 * channels + 1) * filters", "the number of parameters"),
        (WORK + "    return 0", "At each place every filter"),
    ],
    "small-and-strong-field": [
        (FIELD + "    return 1 + sum(k - 1 for k, s in stack)", "forgets the strides"),
        (
            FIELD + "    side, step = 1, 1\n    for k, s in stack:\n        step *= s\n"
            "        side += (k - 1) * step\n    return side",
            "does not make it larger",
        ),
        (
            FIELD + "    side, step = 1, 1\n    for k, s in stack:\n"
            "        side += (k - 1) * step\n        step += s - 1\n    return side",
            "Strides multiply",
        ),
        (
            FIELD + "    side, step = 0, 1\n    for k, s in stack:\n"
            "        side += (k - 1) * step\n        step *= s\n    return side",
            "Begin with 1",
        ),
        (FIELD + "    return sum(k for k, s in stack)", "adds two pixels, not three"),
        (FIELD + "    return int(np.prod([k for k, s in stack]))", "they do not multiply"),
        (FIELD + "    return 99", "Begin with a side of 1"),
    ],
    "small-and-strong-permute": [
        (PERMUTE + "    return kernel[np.argsort(order)]", "the opposite reordering"),
        (PERMUTE + "    return kernel", "Nothing moved"),
        (
            PERMUTE + "    new = np.empty_like(kernel)\n    new[order] = kernel\n    return new",
            "the opposite reordering",
        ),
        (PERMUTE + "    return kernel[::-1]", "reverses the rows"),
        (PERMUTE + "    return np.sort(kernel, axis=0)", "Each row must move as a whole"),
        (
            PERMUTE + "    return kernel.take(order, axis=1, mode='clip')",
            "columns, which are",
        ),
    ],
}
