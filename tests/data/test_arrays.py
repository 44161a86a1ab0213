"""Reading a .npz file without trusting it."""

import contextlib
import io
import pickle
import struct
import zipfile
import zlib

import numpy as np
import pytest

from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.sets.arrays import read_arrays, write_arrays

SHAPES = {"x": (5, 4, 3), "y": (5,)}


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "Schöne Daten.npz"


@pytest.fixture
def good():
    return {"x": np.arange(60, dtype=np.uint8).reshape(5, 4, 3), "y": np.arange(5, dtype=np.uint8)}


def make_npy(array):
    target = io.BytesIO()
    np.save(target, array)
    return target.getvalue()


def write_zip(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_was_saved_is_read(path, good, save):
    save(path, **good, other=np.arange(3))
    arrays = read_arrays(path, SHAPES)
    assert list(arrays) == ["x", "y"]
    for name in SHAPES:
        np.testing.assert_array_equal(arrays[name], good[name])
        assert arrays[name].flags.writeable


def test_what_is_written_is_read_and_leaves_nothing_else(path, good):
    write_arrays(path, good)
    np.testing.assert_array_equal(read_arrays(path, SHAPES)["x"], good["x"])
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("wrong", "came"),
    [
        ({"x": np.zeros((5, 4, 4), np.uint8)}, r"shape \(5, 4, 4\)"),
        ({"x": np.zeros((6, 4, 3), np.uint8)}, r"shape \(6, 4, 3\)"),
        ({"y": np.zeros((5, 1), np.uint8)}, r"shape \(5, 1\)"),
        ({"x": np.zeros((5, 4, 3), np.float32)}, "dtype float32"),
        ({"y": np.zeros(5, np.int64)}, "dtype int64"),
        ({"x": np.zeros((5, 4, 3), np.int8)}, "dtype int8"),
        ({"x": np.asfortranarray(np.zeros((5, 4, 3), np.uint8))}, "Fortran"),
    ],
    ids=["width", "count", "rank", "float", "int64", "int8", "Fortran"],
)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_wrong_array_is_refused_with_what_came(path, good, wrong, came, save):
    save(path, **(good | wrong))
    name = next(iter(wrong))
    wanted = rf"Daten\.npz: expected an array {name} of shape .* dtype uint8, but .*{came}"
    with pytest.raises(DataError, match=wanted):
        read_arrays(path, SHAPES)


def test_a_missing_array_is_refused_with_what_is_there(path, good):
    np.savez(path, x=good["x"], labels=good["y"])
    with pytest.raises(DataError, match=r"an array y .* \(all it holds: x, labels\)"):
        read_arrays(path, SHAPES)


def test_an_empty_file_is_refused(path):
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"Daten\.npz: expected a whole \.npz file, but it is dam"):
        read_arrays(path, SHAPES)


def test_an_array_that_is_there_twice_is_refused(path, good):
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("x", "y"):
            archive.writestr(f"{name}.npy", make_npy(good[name]))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("y.npy", make_npy(good["y"]))
    with pytest.raises(DataError, match="it holds 2 arrays of that name"):
        read_arrays(path, SHAPES)


def test_a_pickled_array_is_never_loaded(path, good, tmp_path):
    trace = tmp_path / "was here"
    pickled = np.array([Bomb(trace)] * 5, dtype=object)
    np.savez(path, x=good["x"], y=pickled)
    with pytest.raises(DataError, match="pickled Python objects, which are never loaded"):
        read_arrays(path, SHAPES)
    assert not trace.exists()


def test_a_pickle_under_the_name_of_an_array_is_never_loaded(path, good, tmp_path):
    trace = tmp_path / "was here"
    write_zip(path, {"x.npy": make_npy(good["x"]), "y.npy": pickle.dumps(Bomb(trace))})
    with pytest.raises(DataError, match="header cannot be read"):
        read_arrays(path, SHAPES)
    path.write_bytes(pickle.dumps(Bomb(trace)))
    with pytest.raises(DataError, match="damaged"):
        read_arrays(path, SHAPES)
    assert not trace.exists()


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bomb_behind_an_honest_header_is_not_unpacked(path, good, compression):
    padded = make_npy(good["y"]) + bytes(50_000_000)
    write_zip(path, {"x.npy": make_npy(good["x"]), "y.npy": padded}, compression)
    with pytest.raises(DataError, match=r"y\.npy has 50,000,1\d\d bytes in place of 1\d\d"):
        read_arrays(path, SHAPES)


def test_a_header_that_promises_a_terabyte_sets_nothing_aside(path, good):
    target = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        target, {"descr": "|u1", "fortran_order": False, "shape": (1 << 40,)}
    )
    write_zip(path, {"x.npy": make_npy(good["x"]), "y.npy": target.getvalue() + bytes(5)})
    with pytest.raises(DataError, match=r"shape \(1099511627776,\)"):
        read_arrays(path, SHAPES)


@pytest.mark.parametrize("keep", [0, 1, 30, 100, 300, -1, -30])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_file_cut_short_is_refused(path, good, save, keep):
    save(path, **good)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match="damaged"):
        read_arrays(path, SHAPES)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_any_changed_byte_gives_an_error_or_other_content_but_never_a_crash(path, good, save):
    save(path, **good)
    content = path.read_bytes()
    for at in range(len(content)):
        for mask in (0xFF, 0x01, 0x80):
            changed = bytearray(content)
            changed[at] ^= mask
            path.write_bytes(changed)
            with contextlib.suppress(DataError):
                arrays = read_arrays(path, SHAPES)
                assert {name: array.shape for name, array in arrays.items()} == SHAPES


def test_a_directory_that_points_elsewhere_is_refused(path, good):
    np.savez(path, **good)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 42, 10)
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"damaged|wrong place"):
        read_arrays(path, SHAPES)


def test_a_locked_member_is_refused(path, good):
    write_zip(path, {f"{name}.npy": make_npy(array) for name, array in good.items()})
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(magic)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(magic, at + 1)
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"damaged .*password"):
        read_arrays(path, SHAPES)


def test_a_stream_that_is_no_deflate_is_refused(path, good):
    write_zip(
        path,
        {f"{name}.npy": make_npy(array) for name, array in good.items()},
        zipfile.ZIP_DEFLATED,
    )
    content = path.read_bytes()
    squeezed = zlib.compressobj(wbits=-15)
    start = content.find(squeezed.compress(make_npy(good["x"])) or content[50:60])
    broken = bytearray(content)
    broken[start + 5 : start + 25] = bytes(20)
    path.write_bytes(broken)
    with pytest.raises(DataError, match=r"Daten\.npz"):
        read_arrays(path, SHAPES)


def test_no_file_is_no_refusal_but_a_missing_file(path):
    with pytest.raises(FileNotFoundError):
        read_arrays(path, SHAPES)


def test_a_folder_of_that_name_is_said(path):
    path.mkdir()
    with pytest.raises(DataError, match="expected a file to read"):
        read_arrays(path, SHAPES)
