"""load_mnist: what comes out of a file of full size, and what is said about a wrong one."""

import hashlib
import pickle
from dataclasses import replace

import numpy as np
import pytest
from small_sets import make_arrays

from labhelpers.data import DataError, load_mnist
from labhelpers.data.fetch.registry import MNIST
from labhelpers.data.sets import mnist
from labhelpers.data.sets.mnist import make_idx_header


@pytest.fixture(scope="module")
def arrays():
    return make_arrays(MNIST)


def test_an_idx_header_is_that_of_the_original_files():
    assert make_idx_header(np.zeros((60000, 28, 28), np.uint8)).hex() == (
        "000008030000ea600000001c0000001c"
    )
    assert make_idx_header(np.zeros(10000, np.uint8)).hex() == "0000080100002710"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_file_whose_digests_are_right_is_taken(root, monkeypatch, arrays, save):
    digests = {
        name: hashlib.sha256(make_idx_header(array) + array.tobytes()).hexdigest()
        for name, array in arrays.items()
    }
    spec = replace(MNIST, digests=digests)
    monkeypatch.setattr(mnist, "MNIST_DOOR", replace(mnist.MNIST_DOOR, spec=spec))
    root.mkdir()
    save(root / "mnist.npz", **arrays)
    data = load_mnist()
    assert (data.x_train.shape, data.x_train.dtype) == ((60000, 28, 28), np.uint8)
    assert data.y_train.dtype == data.y_test.dtype == np.int64
    np.testing.assert_array_equal(data.x_train, arrays["x_train"])
    np.testing.assert_array_equal(data.y_test, arrays["y_test"])
    assert not data.standin
    assert data.source == str(root / "mnist.npz")
    assert data.classes == ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


def test_a_file_of_other_content_is_refused_by_name(root, arrays):
    root.mkdir()
    np.savez(root / "mnist.npz", **arrays)
    with pytest.raises(DataError, match=r"mnist\.npz: expected MNIST's x_train .* delete it"):
        load_mnist()


def test_an_error_goes_through_a_process_pool_whole():
    error = DataError("a.npz", expected="x", came="y came", way_on="Do z.")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error) == "a.npz: expected x, but y came. Do z."
    assert copy.way_on == "Do z."
