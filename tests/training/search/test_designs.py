"""Designs: the same on every version, evenly spread, and refused in one sentence."""

import hashlib
import json
import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labhelpers.training import Between, OneOf, make_design
from labhelpers.training.search.numpy_search import SEARCH_SPACE


def test_a_seed_makes_these_very_settings():
    design = make_design(SEARCH_SPACE, 48, seed=0)
    assert design[0] == {
        "activation": "relu",
        "initialisation": "normal",
        "batch_size": 32,
        "rate": 0.0523,
        "rate_decay": 6.98e-05,
        "l2": 0.00264,
    }
    digest = hashlib.sha256(json.dumps(design).encode()).hexdigest()
    assert digest == "6d954db1d6c02e0f754e19d682d778a88cc0103b868f921a54b3513aaeb6363a"


@settings(max_examples=20, deadline=None)
@given(few=st.integers(1, 40), more=st.integers(0, 60), seed=st.integers(0, 2**31))
def test_the_first_of_many_settings_are_the_few(few, more, seed):
    assert make_design(SEARCH_SPACE, few + more, seed=seed)[:few] == make_design(
        SEARCH_SPACE, few, seed=seed
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**31), names=st.integers(1, 8))
def test_each_name_alone_is_spread_evenly(seed, names):
    space = {f"n{i}": Between(1, 2**8) for i in range(names)} | {"kind": OneOf(("a", "b"))}
    design = make_design(space, 64, seed=seed)
    for name in list(space)[:-1]:
        octaves = Counter(min(int(math.log2(setting[name])), 7) for setting in design)
        # Rounding to three digits may carry a value over an octave's edge.
        assert all(6 <= octaves[k] <= 10 for k in range(8))
    assert Counter(setting["kind"] for setting in design) == {"a": 32, "b": 32}


def test_other_seeds_make_other_settings():
    designs = [make_design(SEARCH_SPACE, 16, seed=seed) for seed in range(5)]
    rates = {setting["rate"] for design in designs for setting in design}
    assert len(rates) > 70


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0, 1), low=st.floats(1e-6, 1), ratio=st.floats(1.5, 1e6))
def test_values_lie_in_their_range_to_three_digits(share, low, ratio):
    high = low * ratio
    assert low * 0.994 <= Between(low, high).place(share) <= high * 1.006


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Between(0, 1), "low must be above 0"),
        (lambda: Between(2, 1), "low must be above 0 and less than high"),
        (lambda: Between(float("nan"), 1), "low must be above 0 and less than high"),
        (lambda: OneOf(()), "values must be some values"),
        (lambda: OneOf("adam"), "values must be some values"),
        (lambda: make_design({}, 4, seed=0), "space must have at least one name"),
        (lambda: make_design(SEARCH_SPACE, 0, seed=0), "count must be"),
        (lambda: make_design(SEARCH_SPACE, 4, seed=-1), "seed must be"),
    ],
)
def test_what_is_no_design_is_refused(make, told):
    with pytest.raises((TypeError, ValueError), match=told):
        make()
