"""Profiles and seeds come from the environment, and say so when it holds nonsense."""

import random

import keras
import numpy as np
import pytest

from labhelpers.training import Profile, choose_profile, get_seed, set_seed
from labhelpers.training.hardware import find_gpu


def test_a_profile_picks_its_own_value():
    values = {"full": 40, "quick": 5, "smoke": 1}
    for name, value in values.items():
        assert Profile(name).pick(**values) == value
        assert str(Profile(name)) == name


@pytest.mark.parametrize("name", ["smoke", "quick", "full", " full "])
def test_the_variable_decides(name, monkeypatch):
    monkeypatch.setenv("LABHELPERS_PROFILE", name)
    assert choose_profile() == Profile(name.strip())


@pytest.mark.parametrize("empty", [None, "", " "])
def test_without_it_the_machine_decides_and_never_for_smoke(empty, monkeypatch):
    monkeypatch.delenv("LABHELPERS_PROFILE", raising=False)
    if empty is not None:
        monkeypatch.setenv("LABHELPERS_PROFILE", empty)
    assert choose_profile().name == ("full" if find_gpu() else "quick")


def test_an_unknown_profile_is_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"name must be one of smoke, quick, full, but is 'long'"):
        Profile("long")
    monkeypatch.setenv("LABHELPERS_PROFILE", "fast")
    with pytest.raises(ValueError, match=r"LABHELPERS_PROFILE must be one of .* but is 'fast'"):
        choose_profile()


def test_the_seed_comes_from_the_variable(monkeypatch):
    monkeypatch.delenv("LABHELPERS_SEED", raising=False)
    assert get_seed() == 0
    monkeypatch.setenv("LABHELPERS_SEED", "4")
    assert get_seed() == 4


def test_no_two_runs_and_offsets_share_a_seed(monkeypatch):
    seeds = []
    for run in (0, 1, 2, 999_999):
        monkeypatch.setenv("LABHELPERS_SEED", str(run))
        seeds += [get_seed(offset) for offset in (0, 1, 2, 1999)]
    assert len(set(seeds)) == len(seeds)
    assert max(seeds) < 2**31


@pytest.mark.parametrize("text", ["-1", "1.5", "a", "1000000"])
def test_a_seed_that_is_none_is_refused(text, monkeypatch):
    monkeypatch.setenv("LABHELPERS_SEED", text)
    with pytest.raises(ValueError, match=f"LABHELPERS_SEED must be .* but is '{text}'"):
        get_seed()


@pytest.mark.parametrize("offset", [-1, 2000, 1.0, True])
def test_an_offset_that_is_none_is_refused(offset):
    with pytest.raises((TypeError, ValueError), match="offset must be a whole number"):
        get_seed(offset)


def test_setting_the_seed_reaches_python_numpy_and_keras():
    draws = []
    for _ in range(2):
        set_seed(11)
        weights = keras.layers.Dense(3)
        weights.build((None, 2))
        legacy = np.random.rand()  # noqa: NPY002, the stream that is seeded
        draws.append((random.random(), legacy, weights.get_weights()[0].tolist()))
    assert draws[0] == draws[1]


@pytest.mark.parametrize("seed", [-1, 2**32, "1", 0.5])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises((TypeError, ValueError), match="seed must be a whole number"):
        set_seed(seed)
