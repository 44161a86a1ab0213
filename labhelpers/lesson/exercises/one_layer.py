"""Exercises of the chapter on one layer."""

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, exercise, expect


@exercise(
    "one-layer-count",
    hint="Each class has one weight for every pixel, and a bias of its own. How many pixels has a "
    "square of that side?",
    done="A wider image costs by its area: twice the side, four times the weights.",
)
def _(answer: Answer) -> Findings:
    for side_px, num_classes in ((72, 3), (28, 10), (1, 2), (5, 1)):
        weights = side_px * side_px * num_classes
        yield expect(
            answer,
            side_px,
            num_classes,
            right=weights + num_classes,
            hints={
                "That is right for 72 px and 3 classes only: use the arguments.": 15_555,
                "You counted the weights. Each class has a bias as well.": weights,
                "One bias is too few: each class has its own.": weights + 1,
                "A bias belongs to a class, not to a pixel: there are as many as classes.": (
                    weights + side_px * side_px
                ),
                "`side_px` is one side. How many pixels has the whole image?": (
                    side_px * num_classes + num_classes
                ),
                "`side_px` is one side, and each class has a bias.": side_px * num_classes,
            },
        )


@exercise(
    "one-layer-gradient",
    hint="Take a copy of the probabilities, subtract 1 at the right class of each row, and mind "
    "that the loss is a mean over the batch.",
    done="Whatever lies below the scores, training begins with this difference.",
)
def _(answer: Answer) -> Findings:
    for rows, num_classes, seed in ((4, 3, 1), (5, 10, 2), (1, 3, 0)):
        stream = np.random.RandomState(seed)
        probabilities = stream.dirichlet(np.ones(num_classes), rows)
        labels = stream.randint(num_classes, size=rows)
        targets = np.eye(num_classes)[labels]
        difference = probabilities - targets
        everywhere = probabilities.copy()
        everywhere[:, labels] -= 1.0
        yield expect(
            answer,
            probabilities,
            labels,
            right=difference / rows,
            hints={
                "That is the gradient of the sum. The loss is the mean of the batch: what does "
                "that divide by?": difference,
                "Divide by the number of images alone: the loss is a mean over images, not over "
                "classes.": difference / (rows * num_classes),
                "The sign is turned round: a step against the gradient must raise the probability "
                "of the right class.": -difference / rows,
                "The sign is turned round, and the mean of the batch is missing.": -difference,
                "At the right class of each row, 1 must be subtracted from the probability.": (
                    probabilities / rows
                ),
                "At the right class of each row, 1 must be subtracted.": probabilities,
                "`probabilities[:, labels]` takes these columns in every row. Pair each row with "
                "its own label: `np.arange(len(labels)), labels`.": (
                    lambda value, wrong=everywhere, n=rows: (
                        np.allclose(value, wrong) or np.allclose(value, wrong / n)
                    )
                ),
                "That is the derivative by the probabilities. By the scores it is much simpler, "
                "since softmax is included.": -targets / probabilities / rows,
                "One row for each image is wanted, (N, K): divide by N, but do not add the rows "
                "up.": difference.mean(axis=0),
            },
        )


@exercise(
    "one-layer-promise",
    hint="Set (1 - r) to the power n equal to `doubt`, and solve for r: take the n-th root first.",
    done="For large n and a doubt of 0.05 it comes close to 3 / n, hence the rule of three.",
)
def _(answer: Answer) -> Findings:
    for n, doubt in ((10, 0.05), (300, 0.05), (1, 0.2), (50, 0.01)):
        yield expect(
            answer,
            n,
            doubt,
            right=1.0 - doubt ** (1.0 / n),
            tolerance=1e-7,
            hints={
                "That is the rule of three itself. The exact limit is asked for.": 3.0 / n,
                "That is close, but it takes ln(1 - r) for -r. Solve without that step.": (
                    -np.log(doubt) / n
                ),
                "That is the score, 1 - r. The error rate r is what is left.": doubt ** (1.0 / n),
                "To undo a power of n, take the n-th root: the power 1 / n.": 1.0 - doubt**n,
                "`doubt` and its complement changed places: (1 - r) to the n equals `doubt`.": (
                    1.0 - (1.0 - doubt) ** (1.0 / n)
                ),
                "That is right for a doubt of 0.05 only: use the argument `doubt`.": (
                    1.0 - 0.05 ** (1.0 / n)
                ),
            },
        )
