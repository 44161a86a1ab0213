"""Exercises of the chapter on shapes anywhere."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from labhelpers.lesson.exercises import Failed, exercise, expect


@exercise(
    "shapes-anywhere-count",
    hint="One kernel looks at a square of `size` by `size` pixels in every channel, and adds one "
    "bias. How many kernels are there?",
    done="The size of the image does not appear: the same kernel is used at every place.",
)
def _(answer: Callable[..., Any]) -> Iterator[Failed | str | None]:
    for filters, size, channels in ((16, 5, 1), (8, 3, 4), (32, 5, 3), (4, 1, 7)):
        area = size * size
        weights = filters * area * channels
        yield expect(
            answer,
            filters,
            size,
            channels,
            right=weights + filters,
            hints=[
                (weights, "You counted the weights. Each kernel has a bias as well."),
                (weights + 1, "One bias is too few: each kernel has its own."),
                (
                    filters * channels * (area + 1),
                    "A bias belongs to a kernel, not to a kernel and a channel: the channels are "
                    "added up first.",
                ),
                (
                    filters * (area + 1),
                    "Each kernel sees all channels, with weights of its own for each.",
                ),
                (
                    filters * (size * channels + 1),
                    "`size` is one side: a kernel has `size` by `size` weights a channel.",
                ),
                (
                    416,
                    "That is right for 16 kernels of 5 by 5 on one channel only: use the "
                    "arguments.",
                ),
            ],
        )


@exercise(
    "shapes-anywhere-pool",
    hint="Of the four axes (N, H, W, C), which two must go? `max` takes them as `axis=(..., ...)`.",
    done="What is left says how strongly a feature was seen, and no longer where.",
)
def _(answer: Callable[..., Any]) -> Iterator[Failed | str | None]:
    for shape, seed in (((2, 4, 5, 3), 0), ((3, 1, 6, 2), 1)):
        # Below zero everywhere: a maximum that begins at 0 is found out.
        maps = np.random.RandomState(seed).uniform(-2.0, -1.0, shape)
        yield expect(
            answer,
            maps,
            right=maps.max(axis=(1, 2)),
            hints=[
                (
                    maps.mean(axis=(1, 2)),
                    "That is global average pooling. Here the largest value is asked for.",
                ),
                (maps.sum(axis=(1, 2)), "That adds the values up. The largest is asked for."),
                (
                    maps.max(axis=(1, 2), keepdims=True),
                    "The values are right, but two axes of length 1 are left over: drop "
                    "`keepdims`.",
                ),
                (
                    maps.max(axis=(2, 3)),
                    "Axes count from 0, which is the images: H and W are next.",
                ),
                (maps.max(axis=(0, 1)), "Axis 0 counts the images, which must stay apart."),
                (maps.max(axis=(1, 2, 3)), "The channels must stay apart: leave the last axis."),
                (maps.max(axis=3), "That is the largest over channels. Go over H and W."),
                (maps.max(axis=1), "That goes over H alone. W must go as well."),
                (maps.max(axis=2), "That goes over W alone. H must go as well."),
                (maps.max(), "That is one number for all. Keep images and channels apart."),
                (
                    np.maximum(maps.max(axis=(1, 2)), 0.0),
                    "Values below 0 count too: no relu is asked for.",
                ),
            ],
        )


@exercise(
    "shapes-anywhere-merge",
    hint="Write the second layer's input out, `x @ w1 + b1`, and multiply: what stands with `x`, "
    "and what does not?",
    done="So a linear layer before another adds no function that one alone could not compute.",
)
def _(answer: Callable[..., Any]) -> Iterator[Failed | str | None]:
    for sizes, seed in (((5, 4, 3), 0), ((3, 3, 3), 1)):
        stream = np.random.RandomState(seed)
        w1, w2 = stream.normal(size=sizes[:2]), stream.normal(size=sizes[1:])
        b1, b2 = stream.normal(size=sizes[1]), stream.normal(size=sizes[2])
        weights, bias = w1 @ w2, b1 @ w2 + b2

        def has(value: Any, w: np.ndarray | None, b: np.ndarray | None) -> bool:
            """Whether the pair holds these weights and this bias, where they are given."""
            return all(
                wanted is None or (np.shape(got) == wanted.shape and np.allclose(got, wanted))
                for got, wanted in zip(value, (w, b), strict=True)
            )

        forgotten = "The bias of the first layer goes through the second layer's weights as well."
        yield expect(
            answer,
            w1,
            b1,
            w2,
            b2,
            right=(weights, bias),
            tolerance=1e-8,
            hints=[
                (
                    lambda v, w=weights: isinstance(v, np.ndarray) and np.shape(v) == w.shape,
                    "Return two things, the weights and the bias: `return w, b`.",
                ),
                (lambda v, w=weights, b=bias, has=has: has(v, b, w), "The bias comes second."),
                (lambda v, w=weights, b=b2, has=has: has(v, w, b), forgotten),
                (
                    lambda v, w=weights, b=b1 @ w2, has=has: has(v, w, b),
                    "The bias of the second layer is missing.",
                ),
                (
                    lambda v, w=weights, has=has: has(v, w, None),
                    "The weights are right, the bias is not: what do `b1` and `b2` become?",
                ),
                (
                    lambda v, b=bias, has=has: has(v, None, b),
                    "The bias is right, the weights are not: `@` multiplies matrices, and the "
                    "order matters.",
                ),
            ],
        )
