"""Random streams: frozen, the same however a draw is cut, another for every purpose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labhelpers.data.streams import Stream, to_choices, to_uniforms


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 40), min_size=1, max_size=5), seed=st.integers(0, 2**80))
@pytest.mark.parametrize("draw", ["draw_words", "draw_normals"])
def test_a_draw_can_be_cut_anywhere(draw, cuts, seed):
    stream = Stream(seed, "test")
    parts = [getattr(stream, draw)(count) for count in cuts]
    whole = getattr(Stream(seed, "test"), draw)(sum(cuts))
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@settings(max_examples=40, deadline=None)
@given(first=st.integers(1, 20), second=st.integers(1, 20), columns=st.integers(1, 30))
def test_rows_of_shorts_can_be_cut_anywhere(first, second, columns):
    stream = Stream(5, "test")
    parts = [stream.draw_shorts(rows, columns) for rows in (first, second)]
    whole = Stream(5, "test").draw_shorts(first + second, columns)
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_these_very_numbers_are_drawn():
    words = Stream(3, "test").draw_words(2)
    assert words.tolist() == [5888422958232814869, 692833852762136332]
    shorts = Stream(3, "test").draw_shorts(1, 4)
    assert shorts.tolist() == [[int(words[0]) >> shift & 0xFFFF for shift in (0, 16, 32, 48)]]
    assert to_uniforms(words).tolist() == [int(w) // 2**11 / 2**53 for w in words]


def test_seeds_and_purposes_draw_independent_numbers():
    draws = [
        to_uniforms(Stream(seed, purpose).draw_words(10_000)) - 0.5
        for seed in (0, 1, 2**64)
        for purpose in ("shapes", "noise", "")
    ]
    correlations = np.corrcoef(draws) - np.eye(9)
    assert np.abs(correlations).max() < 5 / np.sqrt(10_000)


def test_words_become_numbers_of_the_right_range():
    ends = np.array([0, 2**64 - 1], np.uint64)
    assert to_uniforms(ends).tolist() == [0.0, 1 - 2.0**-53]
    assert to_choices(ends, 3).tolist() == [0, 2]
    counts = np.bincount(to_choices(Stream(1, "test").draw_words(30_000), 3))
    np.testing.assert_allclose(counts, 10_000, atol=4 * np.sqrt(30_000 * 2 / 9))
