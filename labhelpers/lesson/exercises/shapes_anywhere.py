"""Exercises of the chapter on shapes anywhere."""

import numpy as np

from labhelpers.lesson.exercises import Answer, Findings, exercise, expect
from labhelpers.lesson.exercises.expectations import same


@exercise(
    "shapes-anywhere-count",
    hint="One kernel looks at a square of `size` by `size` pixels in every channel, and adds one "
    "bias. How many kernels are there?",
    done="The size of the image does not appear: the same kernel is used at every place.",
)
def _(answer: Answer) -> Findings:
    for filters, size, channels in ((16, 5, 1), (8, 3, 4), (32, 5, 3), (4, 1, 7)):
        area = size * size
        weights = filters * area * channels
        mistakes = {
            "You counted the weights. Each kernel has a bias as well.": weights,
            "One bias is too few: each kernel has its own.": weights + 1,
            "A bias belongs to a kernel, not to a kernel and a channel: the channels are added "
            "up first.": filters * channels * (area + 1),
            "Each kernel sees all channels, with weights of its own for each.": (
                filters * (area + 1)
            ),
            "`size` is one side: a kernel has `size` by `size` weights a channel.": (
                filters * (size * channels + 1)
            ),
            "That is right for 16 kernels of 5 by 5 on one channel only: use the arguments.": 416,
        }
        yield expect(answer, filters, size, channels, right=weights + filters, hints=mistakes)


@exercise(
    "shapes-anywhere-pool",
    hint="Of the four axes (N, H, W, C), which two must go? `max` takes them as `axis=(..., ...)`.",
    done="What is left says how strongly a feature was seen, and no longer where.",
)
def _(answer: Answer) -> Findings:
    for shape, seed in (((2, 4, 5, 3), 0), ((3, 1, 6, 2), 1)):
        # Below zero everywhere: a maximum that begins at 0 is found out.
        maps = np.random.RandomState(seed).uniform(-2.0, -1.0, shape)
        right = maps.max(axis=(1, 2))
        mistakes = {
            "That is global average pooling. Here the largest value is asked for.": (
                maps.mean(axis=(1, 2))
            ),
            "That adds the values up. The largest is asked for.": maps.sum(axis=(1, 2)),
            "The values are right, but two axes of length 1 are left over: drop `keepdims`.": (
                maps.max(axis=(1, 2), keepdims=True)
            ),
            "Axes count from 0, which is the images: H and W are next.": maps.max(axis=(2, 3)),
            "Axis 0 counts the images, which must stay apart.": maps.max(axis=(0, 1)),
            "The channels must stay apart: leave the last axis.": maps.max(axis=(1, 2, 3)),
            "That is the largest over channels. Go over H and W.": maps.max(axis=3),
            "That goes over H alone. W must go as well.": maps.max(axis=1),
            "That goes over W alone. H must go as well.": maps.max(axis=2),
            "That is one number for all. Keep images and channels apart.": maps.max(),
            "Values below 0 count too: no relu is asked for.": np.maximum(right, 0.0),
        }
        yield expect(answer, maps, right=right, hints=mistakes)


@exercise(
    "shapes-anywhere-merge",
    hint="Write the second layer's input out, `x @ w1 + b1`, and multiply: what stands with `x`, "
    "and what does not?",
    done="So a linear layer before another adds no function that one alone could not compute.",
)
def _(answer: Answer) -> Findings:
    for sizes, seed in (((5, 4, 3), 0), ((3, 3, 3), 1)):
        stream = np.random.RandomState(seed)
        w1, w2 = stream.normal(size=sizes[:2]), stream.normal(size=sizes[1:])
        b1, b2 = stream.normal(size=sizes[1]), stream.normal(size=sizes[2])
        weights, bias = w1 @ w2, b1 @ w2 + b2
        mistakes = {
            "Return two things, the weights and the bias: `return w, b`.": (
                lambda v, w=weights: isinstance(v, np.ndarray) and np.shape(v) == w.shape
            ),
            "The bias comes second.": (bias, weights),
            "The bias of the first layer goes through the second layer's weights as well.": (
                (weights, b2)
            ),
            "The bias of the second layer is missing.": (weights, b1 @ w2),
            "The weights are right, the bias is not: what do `b1` and `b2` become?": (
                lambda value, right=weights: same(right, value[0], 1e-8)
            ),
            "The bias is right, the weights are not: `@` multiplies matrices, and the order "
            "matters.": lambda value, right=bias: same(right, value[1], 1e-8),
        }
        yield expect(answer, w1, b1, w2, b2, right=(weights, bias), tolerance=1e-8, hints=mistakes)
