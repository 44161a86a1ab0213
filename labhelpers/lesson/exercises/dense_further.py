"""Exercises of the chapter on how far a dense network goes."""

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, any_of, exercise, expect


@exercise(
    "dense-further-shrink",
    hint="How many steps has an epoch, when its last, smaller batch counts too? Each step "
    "multiplies a weight by 1 - rate x decay.",
    done="At a small rate times a small decay, a whole training hardly touches the weight.",
)
def _(answer: Answer) -> Findings:
    cases = [(0.1, 1e-4, 55_000, 64, 40), (0.5, 1e-2, 1_000, 100, 3), (0.1, 0.0, 90, 8, 2)]
    for case in cases:
        rate, decay, images, batch_size, epochs = case
        steps = -(-images // batch_size)
        factor = 1 - rate * decay
        right = factor ** (steps * epochs)
        mistakes = {
            "The last, smaller batch is a step as well: round the number of steps up.": (
                factor ** (images // batch_size * epochs)
            ),
            "There is no part of a step: round the number of steps in an epoch up.": (
                factor ** (images / batch_size * epochs)
            ),
            "That is one step an epoch. There is one for each batch.": factor**epochs,
            "That is a single epoch: there are `epochs` of them.": factor**steps,
            "A step is made for each batch, not each image.": factor ** (images * epochs),
            "By equation (1) a step takes away the *rate* times the decay.": (
                (1 - decay) ** (steps * epochs)
            ),
            "Each step takes its share of what is left: multiply, do not subtract.": (
                1 - rate * decay * steps * epochs
            ),
            "That is what is lost. Return the factor that is left.": 1 - right,
        }
        yield expect(answer, *case, right=right, tolerance=1e-9, hints=mistakes)


def _read(image: np.ndarray, y: float, x: float) -> float:
    row, column = int(y), int(x)
    fy, fx = y - row, x - column
    upper = (1 - fx) * image[row, column] + fx * image[row, column + 1]
    lower = (1 - fx) * image[row + 1, column] + fx * image[row + 1, column + 1]
    return float((1 - fy) * upper + fy * lower)


@exercise(
    "dense-further-between",
    hint="Take the whole parts of y and x for the row and column of the upper left neighbour, and "
    "the rests for the shares. Blend along x twice, then along y.",
    done="The value changes smoothly with the point: that is why bent strokes stay soft.",
)
def _(answer: Answer) -> Findings:
    image = np.random.RandomState(1).randint(0, 256, (5, 6)).astype(np.float64)
    for y, x in ((1.2, 2.65), (1.0, 2.0), (2.9, 0.3)):
        row, column = int(y), int(x)
        fy, fx = y - row, x - column
        mistakes = {
            "That is the upper left neighbour alone. Its three others count too.": (
                image[row, column]
            ),
            "That is the nearest pixel. Blend the four around the point.": (
                image[round(y), round(x)]
            ),
            "The four neighbours do not count alike: the nearer, the more.": (
                image[row : row + 2, column : column + 2].mean()
            ),
            "The shares are turned round: at x = 2.0, the column 2 has all the weight.": (
                _read(image, row + 1 - fy, column + 1 - fx)
            ),
            "The shares of y and x are exchanged: y goes down the rows.": (
                _read(image, row + fx, column + fy)
            ),
            "Mind the order: an image is indexed by row first, so `image[y, x]`.": (
                _read(image.T, y, x)
            ),
            "You blended along x in the upper row. Do so in the lower, then blend both.": (
                _read(image, row, x)
            ),
            "You blended along y in the left column only. Blend along x as well.": (
                _read(image, y, column)
            ),
        }
        yield expect(answer, image, y, x, right=_read(image, y, x), hints=mistakes)


@exercise(
    "dense-further-choose",
    hint="Take the mean of each row over the first half, find the best row, and return its two "
    "means: over the first half, then over the second.",
    done="The first number chose, and flatters. The second did not, and can be believed.",
)
def _(answer: Answer) -> Findings:
    for seed, shape in ((12, (30, 40)), (35, (5, 200)), (6, (12, 10))):
        right = np.random.RandomState(seed).uniform(size=shape) < 0.8
        half = shape[1] // 2
        chose, fresh = right[:, :half].mean(axis=1), right[:, half:].mean(axis=1)
        best = int(chose.argmax())
        whole = int(right.mean(axis=1).argmax())
        mistakes = {
            "The order is turned round: first the half that chose.": (fresh[best], chose[best]),
            "You took the best of each half. Take both numbers of the *same* setting.": (
                (chose.max(), fresh.max())
            ),
            "You chose by the second half. It must stay unseen until the end.": (
                any_of((chose[fresh.argmax()], fresh.max()), (fresh.max(), chose[fresh.argmax()]))
            ),
            "You chose by all images. Then the second half has had its say as well.": (
                (chose[whole], fresh[whole])
            ),
            "Those are means over all settings. Choose the best one.": (chose.mean(), fresh.mean()),
            "Two numbers are wanted, `return first, second`.": (
                lambda value: np.shape(value) == () and isinstance(value, float | np.floating)
            ),
            "That is the place of the best setting. Return its two scores.": best,
        }
        yield expect(answer, right, right=(chose[best], fresh[best]), hints=mistakes)
