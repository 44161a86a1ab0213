COST = "def count_epochs(count, rungs, factor=3):\n"
LOOP = COST + "    total = 0\n    for epochs in rungs:\n"
PLACE = "def place_momentum(u, low=0.5, high=0.999):\n"
CHOOSE = "def choose_survivors(scores, keep):\n"

WRONG = {
    "choosing-settings-cost": [
        (COST + "    return 141", "right for 48 settings only"),
        (COST + "    return count * rungs[-1]", "training all of them to the end"),
        (COST + "    return count * sum(rungs)", "Fewer settings go on"),
        (
            LOOP + "        count = max(1, count // factor)\n"
            "        total += count * epochs\n    return total",
            "Add the rung's epochs first",
        ),
        (
            LOOP + "        total += count * epochs\n        count //= factor\n    return total",
            "At least one setting goes on",
        ),
        (
            LOOP + "        total += count * epochs\n        count /= factor\n    return total",
            "divide with `//`",
        ),
        (
            LOOP + "        total += count * epochs\n"
            "        count = -(-count // factor)\n    return total",
            "Round down, not up",
        ),
        (
            COST + "    total, before = 0, 0\n    for epochs in rungs:\n"
            "        total += count * (epochs - before)\n"
            "        count, before = max(1, count // factor), epochs\n    return total",
            "trained from the start",
        ),
        (
            LOOP + "        total += count\n        count = max(1, count // factor)\n"
            "    return total",
            "the number of trainings",
        ),
        (COST + "    return sum(rungs)", "one setting's epochs"),
        (COST + "    print(141)", "`return` hands it back"),
    ],
    "choosing-settings-momentum": [
        (PLACE + "    return (1 - low) * ((1 - high) / (1 - low)) ** u", "The momentum is 1 minus"),
        (PLACE + "    return low * (high / low) ** u", "use the distance to 1"),
        (PLACE + "    return low + (high - low) * u", "not in ratios"),
        (
            PLACE + "    return 1 - (1 - high) * ((1 - low) / (1 - high)) ** u",
            "u = 0 must give `low`",
        ),
        (PLACE + "    return 1 - low * (high / low) ** u", "not low and high"),
        (PLACE + "    return 1 - 10 ** -(1 + u)", "Look at the ends first"),
    ],
    "choosing-settings-survivors": [
        (
            CHOOSE + "    return [int(n) for n in np.argsort(-scores)[:keep]]",
            "A setting that failed goes on",
        ),
        (
            CHOOSE + "    return [int(n) for n in np.argsort(scores)[::-1][:keep]]",
            "it would win",
        ),
        (
            CHOOSE + "    return [int(n) for n in np.argsort(scores)[-keep:]]",
            "turn the order round",
        ),
        (CHOOSE + "    return [int(n) for n in np.argsort(scores)[:keep]]", "Those are the worst"),
        (CHOOSE + "    return sorted(scores)[::-1][:keep]", "Those are the scores"),
        (
            CHOOSE + "    order = [int(n) for n in np.argsort(-scores)]\n"
            "    return sorted([n for n in order if not np.isnan(scores[n])][:keep])",
            "but the best comes first",
        ),
        (
            CHOOSE + "    order = [int(n) for n in np.argsort(-scores)]\n"
            "    return [n for n in order if not np.isnan(scores[n])]",
            "Only `keep` of them",
        ),
        (
            CHOOSE + "    return [int(n) for n in np.argsort(-np.nan_to_num(scores))[:keep]]",
            "A setting that failed goes on",
        ),
    ],
}
