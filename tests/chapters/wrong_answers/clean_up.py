NOISE = "def season(images, amount, stream):\n"
WIDTHS = "def find_widths(width, strides):\n    widths = []\n    for stride in strides:\n"


def report(**changed):
    """The code of a report that is right but for some of its entries."""
    entries = {
        "change": "a code of 48 numbers instead of 96",
        "prediction": "lower",
        "unchanged_psnr": [17.1, 17.3, 17.2],
        "changed_psnr": [17.0, 17.1, 17.2],
        "defence": "After two passes the code is not what limits the network.",
    }
    return f"def report_experiment():\n    return {entries | changed!r}"


WRONG = {
    "clean-up-noise": [
        (NOISE + "    return images.mean()", "of the images' shape"),
        (
            NOISE + "    drawn = stream.uniform(size=images.shape)\n"
            "    images[drawn < amount / 2] = 0\n"
            "    images[(drawn >= amount / 2) & (drawn < amount)] = 1\n    return images",
            "work on a copy",
        ),
        (
            NOISE + "    return np.clip(images + amount * stream.normal(size=images.shape), 0, 1)",
            "nothing is added to it",
        ),
        (
            NOISE + "    drawn = stream.uniform(size=images.shape)\n    noisy = images.copy()\n"
            "    noisy[drawn < amount] = 0\n    return noisy",
            "half 0",
        ),
        (
            NOISE + "    drawn = stream.uniform(size=images.shape)\n    noisy = images.copy()\n"
            "    noisy[drawn < amount] = 0\n    noisy[drawn > 1 - amount] = 1\n    return noisy",
            "Twice as many",
        ),
        (
            NOISE + "    drawn = stream.uniform(size=images.shape)\n    noisy = images.copy()\n"
            "    noisy[drawn < amount / 4] = 0\n    noisy[drawn > 1 - amount / 4] = 1\n"
            "    return noisy",
            "is replaced",
        ),
        (
            NOISE + "    drawn = stream.uniform(size=images.shape[1:]) + 0 * images\n"
            "    noisy = images.copy()\n    noisy[drawn < amount / 2] = 0\n"
            "    noisy[(drawn >= amount / 2) & (drawn < amount)] = 1\n    return noisy",
            "for each pixel of each image",
        ),
    ],
    "clean-up-widths": [
        (
            WIDTHS + "        width = width // stride if stride > 0 else width * -stride\n"
            "        widths.append(width)\n    return widths",
            "rounded up",
        ),
        (
            WIDTHS + "        width = width * stride if stride > 0 else -(-width // -stride)\n"
            "        widths.append(width)\n    return widths",
            "turned round",
        ),
        (
            WIDTHS.replace("[]", "[width]")
            + "        width = -(-width // stride) if stride > 0 else width * -stride\n"
            "        widths.append(width)\n    return widths",
            "without the one that came in",
        ),
        (
            WIDTHS + "        width = -(-width // stride) if stride > 0 else width * -stride\n"
            "    return width",
            "after all layers",
        ),
    ],
    "clean-up-experiment": [
        (report(defence=None), "`defence` is still missing"),
        (report(unchanged_psnr=[17.1, 17.3]), "you cannot tell the change from chance"),
        (report(changed_psnr=[17.0, 170.0, 17.2]), "no PSNR of a denoiser"),
        (report(unchanged_psnr=[8.1, 8.2, 8.0]), "no better than an empty frame"),
        (report(prediction="better"), "before you train"),
    ],
}
