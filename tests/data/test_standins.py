"""Stand-ins: the shapes of the real thing, something to learn, and never taken for it."""

import hashlib
import subprocess
import sys
import time

import numpy as np
import pytest

from labhelpers.data.sets.cifar10 import load_cifar10
from labhelpers.data.sets.mnist import load_mnist
from labhelpers.data.sets.standins import standin_wanted, standins_used


def score_nearest_mean(data):
    """Scores the simplest classifier there is: the class whose mean image is nearest."""
    train = data.x_train.reshape(len(data.x_train), -1).astype(np.float32)
    test = data.x_test.reshape(len(data.x_test), -1).astype(np.float32)
    means = np.stack([train[data.y_train == k].mean(axis=0) for k in range(len(data.classes))])
    distances = (means**2).sum(axis=1) - 2 * test @ means.T
    return (distances.argmin(axis=1) == data.y_test).mean()


@pytest.fixture(autouse=True)
def ask_for_standins(monkeypatch, tmp_path):
    monkeypatch.setenv("LABHELPERS_STANDIN", "1")
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path))


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, False),
        ({"LABHELPERS_STANDIN": "1"}, True),
        ({"LABHELPERS_STANDIN": "0"}, False),
        ({"LABHELPERS_PROFILE": "smoke"}, True),
        ({"LABHELPERS_PROFILE": "quick"}, False),
    ],
)
def test_standins_come_when_asked_for_and_in_smoke(monkeypatch, variables, wanted):
    monkeypatch.delenv("LABHELPERS_STANDIN")
    monkeypatch.delenv("LABHELPERS_PROFILE", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert standin_wanted() is wanted


SHAPES = {load_mnist: (28, 28), load_cifar10: (32, 32, 3)}
COUNTS = {load_mnist: (60000, 10000), load_cifar10: (50000, 10000)}
both = pytest.mark.parametrize("load", SHAPES, ids=["mnist", "cifar10"])


@both
def test_it_has_the_shapes_of_the_real_one(load):
    data, (train, test) = load(), COUNTS[load]
    assert (data.x_train.shape, data.x_train.dtype) == ((train, *SHAPES[load]), np.uint8)
    assert (data.x_test.shape, data.x_test.dtype) == ((test, *SHAPES[load]), np.uint8)
    assert (data.y_train.shape, data.y_train.dtype) == ((train,), np.int64)
    assert (data.y_test.shape, data.y_test.dtype) == ((test,), np.int64)
    assert np.bincount(data.y_train, minlength=10).min() > 4000
    assert len(data.classes) == 10


def test_mnist_can_be_learned_but_not_at_a_glance():
    assert 0.3 < score_nearest_mean(load_mnist()) < 0.95


def test_cifar_can_be_learned_but_not_at_a_glance():
    assert 0.15 < score_nearest_mean(load_cifar10()) < 0.9


@both
def test_no_test_image_is_a_training_image(load):
    data = load()
    train = {image.tobytes() for image in data.x_train[::7]}
    assert not any(image.tobytes() in train for image in data.x_test)


@both
def test_a_standin_says_that_it_is_one(load):
    data = load()
    assert data.standin
    assert data.name.endswith("(stand-in)")
    assert data.name.removesuffix(" (stand-in)") in standins_used()


@both
def test_a_standin_is_cheap(load):
    load()
    start = time.perf_counter()
    load()
    assert time.perf_counter() - start < 3


def test_nothing_is_written(tmp_path):
    load_mnist()
    load_cifar10()
    assert list(tmp_path.iterdir()) == []


def test_every_process_draws_the_same_and_says_so():
    code = (
        "import hashlib; from labhelpers.data.sets.mnist import load_mnist; d = load_mnist();"
        "print(hashlib.sha256(d.x_test.tobytes() + d.y_train.tobytes()).hexdigest())"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, digest = out.stdout.splitlines()
    assert "stand-in" in said
    data = load_mnist()
    assert digest == hashlib.sha256(data.x_test.tobytes() + data.y_train.tobytes()).hexdigest()
