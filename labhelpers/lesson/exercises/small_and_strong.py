"""Exercises of the chapter on small convolutional networks for MNIST."""

import math

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, exercise, expect


@exercise(
    "small-and-strong-work",
    hint="The map has ceil(side_px / stride) places a side. At each place every filter multiplies "
    "size x size x channels numbers.",
    done="A stride of 2 leaves a quarter of the work; a weight more costs nothing like it.",
)
def _(answer: Answer) -> Findings:
    for case in ((28, 1, 32, 3, 1), (14, 32, 16, 3, 2), (7, 12, 20, 5, 2), (32, 3, 64, 3, 1)):
        side, channels, filters, size, stride = case
        places = -(-side // stride)
        window = size * size * channels
        weights = window * filters
        mistakes = {
            "That is right for the report's first layer only: use the arguments.": 225_792,
            "Mind the stride: the map has fewer places than the image.": side**2 * weights,
            "Round up: 7 pixels at a stride of 2 give 4 places, the last at the edge.": (
                (side // stride) ** 2 * weights
            ),
            'That is a convolution without padding. With "same" the windows may hang over the '
            "edge.": (-(-(side - size + 1) // stride)) ** 2 * weights,
            "A map has rows and columns: square the number of places a side.": places * weights,
            "Each filter sees all channels: the number of channels is missing.": (
                places**2 * weights // channels
            ),
            "A window has `size` times `size` pixels.": places**2 * size * channels * filters,
            "A bias is added, not multiplied: leave it out.": places**2 * (window + 1) * filters,
            "That is the work of one filter; there are `filters`.": places**2 * window,
            "That is the number of weights. Each is used at every place of the map.": weights,
            "That is the number of parameters, not of products.": (window + 1) * filters,
        }
        yield expect(answer, *case, right=places**2 * weights, hints=mistakes)


@exercise(
    "small-and-strong-field",
    hint="Begin with a side of 1 and a step of 1. Each layer adds (size - 1) * step to the side, "
    "and then multiplies the step by its own stride.",
    done="Strides make a network see far with few layers: each doubles what later windows span.",
)
def _(answer: Answer) -> Findings:
    for stack in (
        [(3, 1)],
        [(3, 1), (3, 1)],
        [(5, 2), (3, 2), (3, 1), (3, 1)],
        [(3, 1), (2, 2), (3, 1), (2, 2)],
        [(3, 3), (5, 1)],
    ):
        sizes = [size for size, _ in stack]
        mistakes = {
            "That forgets the strides: after a stride of 2, neighbours in the map are two "
            "pixels apart.": 1 + sum(sizes) - len(sizes),
            "A layer's own stride moves its window, and does not make it larger: only the "
            "strides *before* it count.": _see(stack, first_stride=True),
            "Not its own stride counts, but the product of all strides before it.": (
                1 + sum((size - 1) * stride for size, stride in stack)
            ),
            "Strides multiply: two of 2 make neighbours four pixels apart.": (
                _see(stack, multiplied=False)
            ),
            "Begin with 1: without any layer, a value is the pixel itself.": _see(stack) - 1,
            "Windows overlap: a second layer of 3 adds two pixels, not three.": sum(sizes),
            "Windows overlap, so their sides add up: they do not multiply.": math.prod(sizes),
            "The side is asked for, not the area.": _see(stack) ** 2,
        }
        yield expect(answer, stack, right=_see(stack), hints=mistakes)


def _see(
    stack: list[tuple[int, int]], *, first_stride: bool = False, multiplied: bool = True
) -> int:
    """The receptive field; with `first_stride` or not `multiplied`, as a mistake has it."""
    side, step = 1, 1
    for size, stride in stack:
        if first_stride:
            step *= stride
        side += (size - 1) * step
        if not first_stride:
            step = step * stride if multiplied else step + stride - 1
    return side


@exercise(
    "small-and-strong-permute",
    hint="Row i of the new kernel meets what is now in place i: pixel `order[i]`.",
    done="So whatever a dense layer can learn from the pixels, it can learn from them permuted.",
)
def _(answer: Answer) -> Findings:
    draw = np.random.RandomState(3)
    for order in (np.array([1, 2, 3, 0]), np.array([3, 0, 4, 1, 2]), draw.permutation(12)):
        kernel = draw.randint(-9, 10, (len(order), 3)).astype(float)
        kernel += np.arange(kernel.size).reshape(kernel.shape) / 100
        mistakes = {
            "That is the opposite reordering. Try it on two inputs by hand: which pixel comes "
            "first in `x[:, order]`?": kernel[np.argsort(order)],
            "Nothing moved. The inputs did, so the rows must.": kernel,
            "That reverses the rows. Use `order`.": kernel[::-1],
            "Each row must move as a whole: a row holds all weights of one pixel.": (
                lambda value, kernel=kernel: (
                    np.array_equal(np.sort(value, axis=0), np.sort(kernel, axis=0))
                    and {*map(tuple, value)} != {*map(tuple, kernel)}
                )
            ),
            "You reordered columns, which are outputs. The rows belong to the inputs.": (
                lambda value, kernel=kernel: (
                    np.shape(value) != kernel.shape and len(value) == len(kernel)
                )
            ),
        }
        yield expect(answer, kernel, order, right=kernel[order], hints=mistakes)
