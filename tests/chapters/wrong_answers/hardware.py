COUNT = "def count_operations(size_px, kernel_px, channels, filters):\n    return "
GAIN = "def gain_of_step(overhead_s, work_s, faster):\n    return "
ACCUMULATE = "def accumulate(gradients, sizes):\n    return "
PLACES = "(size_px - kernel_px + 1) ** 2"

WRONG = {
    "hardware-count": [
        (COUNT + f"{PLACES} * kernel_px**2 * channels * filters", "Each comes with an addition"),
        (COUNT + "2 * size_px**2 * kernel_px**2 * channels * filters", "it loses"),
        (
            COUNT + "2 * (size_px - kernel_px) ** 2 * kernel_px**2 * channels * filters",
            "still fits once",
        ),
        (COUNT + f"2 * {PLACES} * kernel_px**2 * filters", "reaches through all channels"),
        (COUNT + f"2 * {PLACES} * kernel_px * channels * filters", "is one side"),
        (COUNT + "2 * kernel_px**2 * channels * filters", "at each place of its map"),
        (COUNT + f"6 * {PLACES} * kernel_px**2 * channels * filters", "Forward alone"),
        (
            COUNT + f"2 * {PLACES} * (kernel_px**2 * channels + 1) * filters",
            "Leave the biases out",
        ),
    ],
    "hardware-gain": [
        (GAIN + "(overhead_s + work_s / faster) / (overhead_s + work_s)", "Turn it round"),
        (GAIN + "overhead_s + work_s / faster", "How many times as fast is it"),
        (GAIN + "faster", "the overhead stays"),
        (
            GAIN + "(overhead_s + work_s) / (overhead_s / faster + work_s)",
            "You made the overhead shorter",
        ),
        (GAIN + "(overhead_s + work_s) / overhead_s", "take `faster` into account"),
    ],
    "hardware-accumulate": [
        (ACCUMULATE + "gradients.mean(axis=0)", "not equally large"),
        (ACCUMULATE + "sizes @ gradients", "The mean is asked for"),
        (ACCUMULATE + "gradients.sum(axis=0)", "turn each into a sum first"),
        (ACCUMULATE + "sizes @ gradients / len(sizes)", "not by that of the parts"),
        (ACCUMULATE + "gradients.mean()", "leave the columns apart"),
        (ACCUMULATE + "(gradients * sizes).sum(axis=0) / sizes.sum()", "do not fit together"),
    ],
}
