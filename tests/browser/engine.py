"""Runs exported networks in the page, for tests that compare it with Keras."""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING

import numpy as np
from reading import PACK, unpack

from labhelpers.widgets.export import read_header
from labhelpers.widgets.package_files import join_module

if TYPE_CHECKING:
    import keras
    from playwright.sync_api import Page

RUN = (
    "async ([text, packed, images]) => {"
    + PACK
    + """
  const decode = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { readModel } = await import(address);
  const model = readModel(decode(packed));
  const values = new Float32Array(decode(images).buffer);
  const size = model.input.reduce((a, b) => a * b, 1), answers = [];
  for (let start = 0; start < values.length; start += size) {
    answers.push(pack(model.predict(values.subarray(start, start + size))));
  }
  return answers;
}"""
)
AT_ONCE = 100


def run_in_page(page: Page, packed: bytes, images: np.ndarray) -> np.ndarray:
    """What the page's JavaScript makes of images: (N, ...) float32, flat for each."""
    text = base64.b64encode(packed).decode()
    answers = []
    for start in range(0, len(images), AT_ONCE):
        part = np.ascontiguousarray(images[start : start + AT_ONCE], "<f4")
        given = [join_module("nn"), text, base64.b64encode(part.tobytes()).decode()]
        answers += [unpack(answer, "<f4") for answer in page.evaluate(RUN, given)]
    return np.stack(answers)


def restore(model: keras.Model, packed: bytes) -> keras.Model:
    """Put weights of a file into the Keras model they were exported from."""
    header = read_header(packed)
    offset = 8 + struct.unpack("<I", packed[4:8])[0]
    for described in header["layers"]:
        arrays = []
        for about in described.get("arrays", []):
            count = int(np.prod(about["shape"]))
            values = np.frombuffer(packed, f"<{about['type']}", count, offset)
            arrays.append(values.astype("float64").reshape(about["shape"]))
            offset += values.nbytes
        layer = model.get_layer(described["name"])
        if described["kind"] == "scale":
            factor, shift = arrays
            variance = np.full_like(factor, 1 - layer.epsilon)
            arrays = [factor, shift, np.zeros_like(factor), variance]
        if arrays:
            layer.set_weights(arrays)
    assert offset == len(packed)
    return model
