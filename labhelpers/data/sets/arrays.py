"""Reading arrays out of a .npz file without trusting it, and writing them whole."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from labhelpers.data.fetch.data_error import refuse
from labhelpers.data.fetch.disk import check_room, explain_disk

_LOCAL_HEADER_BYTES = 30
_MOST_HEADER_BYTES = 1024
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises on files that are no whole zip files.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def read_arrays(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Reads the named uint8 arrays of a .npz file, compressed or not; others are not looked at.

    Each array's header is checked before memory is set aside for it, so that a file that promises a
    terabyte, or that holds pickled objects, is refused and not unpacked.

    Raises:
        DataError: If the file is no zip file, is damaged, or an array is missing or wrong.
        FileNotFoundError: If there is no such file.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return {name: _read(path, file, archive, name, shapes[name]) for name in shapes}
    except FileNotFoundError:
        raise
    except OSError as error:
        raise refuse(path, "a file to read", f"it cannot be read ({error.strerror})") from error
    except _DAMAGE as error:
        raise refuse(path, "a whole .npz file", f"it is damaged ({error})") from error


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes arrays to a .npz file in one step; hold a lock: bytes go to `<path>.part` first."""
    part = path.with_name(path.name + ".part")
    needed_bytes = sum(array.nbytes for array in arrays.values())
    check_room(path.parent, needed_bytes)
    with explain_disk(path, needed_bytes, lambda: part.unlink(missing_ok=True)):
        with part.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def _read(
    path: Path, file: BinaryIO, archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]
) -> np.ndarray:
    wanted = f"an array {name} of shape {shape} and dtype uint8"
    found = [member for member in archive.infolist() if member.filename == f"{name}.npy"]
    if len(found) != 1:
        held = ", ".join(member.filename.removesuffix(".npy") for member in archive.infolist()[:9])
        count = len(found) or "no"
        came = f"it holds {count} arrays of that name (all it holds: {held or 'nothing'})"
        raise refuse(path, wanted, came)
    member = found[0]
    if member.compress_type not in _COMPRESSIONS:
        raise refuse(path, wanted, "it is packed in a way that .npz files are not")
    with archive.open(member) as stream:
        head = io.BytesIO(stream.read(_MOST_HEADER_BYTES))
    header_bytes = _check_header(path, head, wanted, shape)
    size = int(np.prod(shape))
    if member.file_size != header_bytes + size:
        came = f"its {name}.npy has {member.file_size:,} bytes in place of {header_bytes + size}"
        raise refuse(path, wanted, came)
    array = np.empty(shape, np.uint8)
    flat = memoryview(array).cast("B", (size,))
    if member.compress_type == zipfile.ZIP_STORED:
        # Straight from the file: whoever asks for the array checks a digest that is stronger,
        # and quicker to compute, than the zip file's check sum.
        _read_stored(path, file, member, header_bytes, flat, wanted)
    else:
        with archive.open(member) as stream:
            stream.read(header_bytes)
            if _fill(stream, flat) != size:
                raise refuse(path, wanted, f"its {name}.npy ends too soon")
    return array


def _check_header(path: Path, head: BinaryIO, wanted: str, shape: tuple[int, ...]) -> int:
    try:
        version = np.lib.format.read_magic(head)
        reader = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        came_shape, is_fortran, dtype = reader(head)
    except (ValueError, KeyError, EOFError) as error:
        raise refuse(path, wanted, f"its header cannot be read ({error})") from error
    if dtype.hasobject:
        raise refuse(path, wanted, "it holds pickled Python objects, which are never loaded")
    if tuple(came_shape) != tuple(shape) or dtype != np.uint8 or (is_fortran and len(shape) > 1):
        order = " in Fortran order" if is_fortran else ""
        raise refuse(path, wanted, f"it has shape {came_shape} and dtype {dtype}{order}")
    return head.tell()


def _read_stored(
    path: Path,
    file: BinaryIO,
    member: zipfile.ZipInfo,
    header_bytes: int,
    flat: memoryview,
    wanted: str,
) -> None:
    file.seek(member.header_offset)
    local = file.read(_LOCAL_HEADER_BYTES)
    if len(local) != _LOCAL_HEADER_BYTES or local[:4] != b"PK\x03\x04":
        raise refuse(path, wanted, "its zip directory points to a wrong place")
    names_bytes = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    file.seek(names_bytes + header_bytes, os.SEEK_CUR)
    if _fill(file, flat) != len(flat):
        raise refuse(path, wanted, "the file ends too soon")


def _fill(stream: BinaryIO, flat: memoryview) -> int:
    done = 0
    while done < len(flat):
        count = stream.readinto(flat[done : done + (1 << 24)])
        if not count:
            break
        done += count
    return done
