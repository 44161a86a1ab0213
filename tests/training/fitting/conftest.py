"""The data that the tests of fitting share."""

import numpy as np
import pytest
from tiny_problems import make_images


@pytest.fixture(scope="session")
def train() -> tuple[np.ndarray, np.ndarray]:
    return make_images(300, seed=1)


@pytest.fixture(scope="session")
def validation() -> tuple[np.ndarray, np.ndarray]:
    return make_images(100, seed=2)
