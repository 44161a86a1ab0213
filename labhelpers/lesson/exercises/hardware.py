"""Exercises of the chapter on what a training step costs."""

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, exercise, expect


@exercise(
    "hardware-count",
    hint="How many places has the output map, when the kernel must lie wholly inside the image? At "
    "each place, each filter multiplies once for each of its weights, and adds.",
    done="Halve the image's side, and nearly three quarters of the work are gone.",
)
def _(answer: Answer) -> Findings:
    for case in ((72, 5, 1, 16), (34, 5, 16, 16), (7, 1, 3, 2)):
        size_px, kernel_px, channels, filters = case
        weights = kernel_px**2 * channels * filters
        places = (size_px - kernel_px + 1) ** 2
        mistakes = {
            "Those are the multiplications. Each comes with an addition: how many operations "
            "is that?": places * weights,
            "The map is smaller than the image: without padding it loses `kernel_px - 1` "
            "pixels in each direction.": 2 * size_px**2 * weights,
            "One place too few in each direction: a kernel as large as the image still fits "
            "once.": 2 * (size_px - kernel_px) ** 2 * weights,
            "A kernel reaches through all channels of its input.": 2 * places * weights // channels,
            "`kernel_px` is one side. How many weights has a square kernel?": (
                2 * places * kernel_px * channels * filters
            ),
            "A convolution uses each weight again at each place of its map.": 2 * weights,
            "Forward alone is asked for, not training.": 6 * places * weights,
            "Leave the biases out: only products count.": 2 * places * (weights + filters),
        }
        yield expect(answer, *case, right=2 * places * weights, hints=mistakes)


@exercise(
    "hardware-gain",
    hint="Write down the time of the step before and after. Only the work becomes shorter.",
    done="With equal overhead and work, even an infinitely fast machine gives no more than 2.",
)
def _(answer: Answer) -> Findings:
    for overhead_s, work_s, faster in ((0.002, 0.006, 3.0), (0.01, 0.5, 70.0), (0.0, 2.0, 8.0)):
        before, after = overhead_s + work_s, overhead_s + work_s / faster
        mistakes = {
            "That is the new time over the old one. Turn it round.": after / before,
            "That is the time of the new step. How many times as fast is it?": after,
            "The new machine shortens the work only; the overhead stays.": faster,
            "You made the overhead shorter. It is the work that becomes faster.": (
                before / (overhead_s / faster + work_s)
            ),
            "That is the most that any machine can gain: take `faster` into account.": (
                before / overhead_s if overhead_s else None
            ),
        }
        yield expect(answer, overhead_s, work_s, faster, right=before / after, hints=mistakes)


@exercise(
    "hardware-accumulate",
    hint="Turn each mean back into a sum, add the sums, and divide by the number of all images.",
    done="So a large batch never has to be in memory at once.",
)
def _(answer: Answer) -> Findings:
    for sizes, width, seed in (((32, 32, 16), 4, 0), ((3, 1), 2, 1), ((8,), 3, 2)):
        gradients = np.random.RandomState(seed).normal(size=(len(sizes), width))
        counts = np.array(sizes)
        total = (gradients * counts[:, None]).sum(axis=0)
        mistakes = {
            "The parts are not equally large: a mean over three images may not count as much "
            "as one over thirty.": gradients.mean(axis=0),
            "That is the sum over all images. The mean is asked for.": total,
            "Means cannot simply be added up: turn each into a sum first.": gradients.sum(axis=0),
            "Divide by the number of all images, not by that of the parts.": total / len(sizes),
            "One number for each weight is wanted, (D,): leave the columns apart.": (
                gradients.mean()
            ),
        }
        yield expect(answer, gradients, counts, right=total / counts.sum(), hints=mistakes)
