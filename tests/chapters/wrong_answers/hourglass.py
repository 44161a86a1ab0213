"""Mistakes to expect in the exercises of the chapter on the hourglass."""

SIGHT = """def measure_sight(steps):
    width, distance = 1, 1
    for step in steps:
        {body}
    return width
"""
LEAST = "def least_cross_entropy(targets):\n    x = targets\n    "
VIEWS = """def average_views(denoise, images):
    answers = []
    for k in range(4):
        for s in (1, -1):
            view = np.rot90(images, k, axes=(1, 2))[:, :, ::s]
            answers.append({answer})
    return {result}
"""
BACK = "np.rot90(denoise(view)[:, :, ::s], -k, axes=(1, 2))"
ENTROPY = "-(x * np.log(x) + (1 - x) * np.log(1 - x))"
GREY = "x = targets[(targets > 0) & (targets < 1)]\n    "

WRONG = {
    "hourglass-sight": [
        (SIGHT.format(body="width += 3 if step == 'conv' else 1"), "which is 2 more"),
        (SIGHT.format(body="width += 1"), "on *either* side"),
        (SIGHT.format(body="width += 2"), "one neighbour, on one side"),
        (SIGHT.format(body="width += 2 if step == 'conv' else 1"), "twice as far apart"),
        (
            SIGHT.format(
                body="width += 2 * distance if step == 'conv' else 0; "
                "distance *= 2 if step == 'pool' else 1"
            ),
            "A pool sees more too",
        ),
        (SIGHT.replace("1, 1", "0, 1").format(body="width += 2"), "its own pixel"),
        ("def measure_sight(steps):\n    return 38", "use the argument"),
        ("def measure_sight(steps):\n    return len(steps) + 5", "Keep two numbers"),
        ("def measure_sight(steps):\n    return steps['conv']", "TypeError"),
    ],
    "hourglass-least": [
        (LEAST + f"return ({ENTROPY}).mean()", "0 times ln 0"),
        (
            LEAST + GREY + f"return ({ENTROPY}).mean() if x.size else 0.0",
            "mean over the grey values alone",
        ),
        (LEAST + f"return ({ENTROPY}).sum()", "Divide by the number"),
        (LEAST + GREY + f"return -({ENTROPY}).sum() / targets.size", "The sign"),
        (LEAST + GREY + f"return ({ENTROPY}).sum() / np.log(2) / targets.size", "in bits"),
        (LEAST + GREY + "return -(x * np.log(x)).sum() / targets.size", "half of it"),
        (LEAST + f"return {ENTROPY}", "One number is wanted"),
        (LEAST + "return float(np.log(2))", "x = 1/2 only"),
        (LEAST + "return float((x * (1 - x)).mean())", "the mean over all values"),
    ],
    "hourglass-views": [
        (
            VIEWS.format(answer="denoise(view)", result="np.mean(answers, axis=0)"),
            "Turn each one back",
        ),
        (
            VIEWS.format(
                answer="np.rot90(denoise(view), -k, axes=(1, 2))[:, :, ::s]",
                result="np.mean(answers, axis=0)",
            ),
            "Mirror its answer back first",
        ),
        (
            VIEWS.replace("(1, -1)", "(1,)").format(answer=BACK, result="np.mean(answers, axis=0)"),
            "has a mirror image",
        ),
        (
            VIEWS.replace("range(4)", "range(1)").format(
                answer=BACK, result="np.mean(answers, axis=0)"
            ),
            "as it is and mirrored",
        ),
        (VIEWS.format(answer=BACK, result="sum(answers)"), "Divide by 8"),
        (VIEWS.format(answer=BACK, result="np.stack(answers)"), "their mean over the first axis"),
        (VIEWS.format(answer=BACK, result="np.concatenate(answers)"), "one after the other"),
        ("def average_views(denoise, images):\n    return denoise(images)", "one view"),
        ("def average_views(denoise, images):\n    return images", "Nothing was cleaned"),
        (VIEWS.format(answer=BACK, result="np.mean(answers)"), "shape (1, 2, 2, 1) is wanted"),
        (
            VIEWS.format(answer=BACK.replace("-k", "k"), result="np.mean(answers, axis=0)"),
            "undone by a turn by -k",
        ),
        (
            VIEWS.format(answer=BACK, result="np.median(answers, axis=0)"),
            "Undo the last thing first",
        ),
    ],
}
