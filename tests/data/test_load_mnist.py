"""load_mnist: what comes out of a good file, and what is said about a wrong one."""

import hashlib
import pickle

import numpy as np
import pytest

from labhelpers.data import mnist
from labhelpers.data.errors import DataError
from labhelpers.data.mnist import check_idx_digests, load_mnist, make_idx_header
from labhelpers.data.registry import MNIST


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path))
    monkeypatch.delenv("LABHELPERS_STANDIN", raising=False)
    monkeypatch.delenv("LABHELPERS_PROFILE", raising=False)
    return tmp_path


def make_arrays():
    random = np.random.RandomState(0)
    arrays = {}
    for name, shape in MNIST.shapes.items():
        arrays[name] = random.randint(0, 10, shape).astype(np.uint8)
    return arrays


@pytest.fixture(scope="module")
def full_size_arrays():
    return make_arrays()


def test_an_idx_header_is_that_of_the_original_files():
    assert make_idx_header(np.zeros((60000, 28, 28), np.uint8)).hex() == (
        "000008030000ea600000001c0000001c"
    )
    assert make_idx_header(np.zeros(10000, np.uint8)).hex() == "0000080100002710"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_file_whose_digests_are_right_is_taken(root, monkeypatch, full_size_arrays, save):
    arrays = full_size_arrays
    digests = {k: hashlib.sha256(make_idx_header(a) + a.tobytes()) for k, a in arrays.items()}
    known = {name: digest.hexdigest() for name, digest in digests.items()}
    monkeypatch.setattr(mnist, "MNIST", type(MNIST)(**{**vars(MNIST), "digests": known}))
    save(root / "mnist.npz", **arrays)
    data = load_mnist()
    assert data.x_train.dtype == np.uint8
    assert data.y_train.dtype == data.y_test.dtype == np.int64
    np.testing.assert_array_equal(data.x_train, arrays["x_train"])
    np.testing.assert_array_equal(data.y_test, arrays["y_test"])
    assert not data.standin
    assert data.source == str(root / "mnist.npz")
    assert data.classes == ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


def test_a_file_of_other_content_is_refused_by_name(root, full_size_arrays):
    np.savez(root / "mnist.npz", **full_size_arrays)
    with pytest.raises(DataError, match=r"mnist\.npz: expected MNIST's x_train .* Delete"):
        load_mnist()


def test_one_wrong_label_is_seen(full_size_arrays):
    arrays = dict(full_size_arrays)
    known = {
        name: hashlib.sha256(make_idx_header(a) + a.tobytes()).hexdigest()
        for name, a in arrays.items()
    }
    spec = type(MNIST)(**{**vars(MNIST), "digests": known})
    check_idx_digests("somewhere", arrays, spec)
    arrays["y_test"] = arrays["y_test"].copy()
    arrays["y_test"][77] ^= 1
    with pytest.raises(DataError, match="somewhere: expected MNIST's y_test"):
        check_idx_digests("somewhere", arrays, spec)


def test_an_error_goes_through_a_process_pool_whole():
    error = DataError("a.npz", expected="x", came="y came", way_on="Do z.")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error) == "a.npz: expected x, but y came. Do z."
    assert copy.way_on == "Do z."
