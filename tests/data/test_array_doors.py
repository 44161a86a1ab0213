"""From a name to verified arrays: downloads, mirrors, sticks, and what is refused."""

import gzip
import io
import shutil
import tarfile
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from fault_server import answer, die, running, truncate
from small_sets import (
    BATCHES,
    is_good,
    make_small_cifar,
    make_small_mnist,
    make_tar,
    write_files,
)

from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.downloader import Patience

HASTE = Patience(stall_s=0.4, tries=3, wait_s=0.01)


@pytest.fixture(params=["mnist", "cifar10"])
def small(request, root, server):
    """A door, its arrays and its files; the files are on the server."""
    make = {"mnist": make_small_mnist, "cifar10": make_small_cifar}[request.param]
    door, arrays, files = make(server.address + "/official/", server.address + "/second")[:3]
    for name, content in files.items():
        server.put(f"official/{name}", content)
    return door, arrays, files


def fetch(door):
    return door.fetch(patience=HASTE, show_progress=False)


def list_files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_is_missing_is_downloaded_once(small, root, server):
    door, arrays, files = small
    path = fetch(door)
    assert path == root / f"{door.spec.name}.npz"
    assert is_good(door, arrays)
    fetch(door)
    assert [server.count(f"official/{name}") for name in files] == [1] * len(files)


def test_a_download_leaves_the_file_and_nothing_large_beside_it(small, root):
    door, _, _ = small
    path = fetch(door)
    assert [name for name in list_files(root) if not name.endswith(".lock")] == [path.name]


def test_the_second_place_is_asked_when_the_first_has_nothing(small, server):
    door, arrays, files = small
    for name, content in files.items():
        server.put(f"official/{name}", b"", *[answer(404)] * 3)
        server.put(f"second/{name}", content)
    fetch(door)
    assert is_good(door, arrays)


def test_wrong_bytes_are_not_taken_and_the_second_place_is_asked(small, server):
    door, arrays, files = small
    for name, content in files.items():
        server.put(f"official/{name}", bytes(len(content)))
        server.put(f"second/{name}", content)
    fetch(door)
    assert is_good(door, arrays)


def test_wrong_bytes_everywhere_are_refused_with_every_place_named(small, root, server):
    door, arrays, files = small
    for name, content in files.items():
        server.put(f"official/{name}", bytes(len(content)))
    with pytest.raises(DataError) as caught:
        fetch(door)
    first = door.spec.parts[0]
    said = str(caught.value)
    assert said.startswith(f"{first.name}: expected {first.size_bytes:,} bytes with SHA-256")
    assert "sent other content" in said
    assert "answered 404" in said
    assert f"labs data get {door.spec.name}" in said
    assert "\n" not in said
    assert not (root / door.spec.file_name).exists()
    server.put(f"official/{first.name}", files[first.name])
    for name, content in files.items():
        server.put(f"official/{name}", content)
    fetch(door)
    assert is_good(door, arrays)


def test_no_network_ends_in_the_three_ways_on(root):
    door, _, _ = make_small_mnist("http://127.0.0.1:9/")
    with pytest.raises(DataError) as caught:
        fetch(door)
    said = str(caught.value)
    for way in (
        "labs data get mnist",
        f"put mnist.npz from a stick into {root}",
        "labs class serve",
        "STANDIN=1",
    ):
        assert way in said


def test_part_of_a_wrong_earlier_try_does_not_block(small, root, server):
    door, arrays, files = small
    name, content = next(iter(files.items()))
    server.put(f"official/{name}", content, *[truncate(5)] * 3)
    with pytest.raises(DataError):
        fetch(door)
    part = root / "downloads" / door.spec.name / f"{name}.part"
    part.write_bytes(bytes(part.stat().st_size))
    fetch(door)
    assert is_good(door, arrays)


def test_the_mirror_is_asked_first_for_the_finished_file(small, root, server, monkeypatch):
    door, arrays, _ = small
    finished = fetch(door).read_bytes()
    shutil.rmtree(root)
    server.log.clear()
    with running() as mirror:
        mirror.put(door.spec.file_name, finished, die(1000))
        monkeypatch.setenv("LABHELPERS_MIRROR", mirror.address + "/")
        fetch(door)
        assert is_good(door, arrays)
        assert mirror.ranges(door.spec.file_name)[0] == ""
    assert server.log == []


@pytest.mark.parametrize("wrong", ["content", "no file", "no server", "endless"])
def test_a_mirror_that_is_wrong_is_passed_by(small, server, monkeypatch, capsys, wrong):
    door, arrays, _ = small
    with running() as mirror:
        content = {"content": b"PK nonsense", "endless": bytes(10_000_000)}.get(wrong)
        if content:
            mirror.put(door.spec.file_name, content)
        address = mirror.address if wrong != "no server" else "http://127.0.0.1:9"
        monkeypatch.setenv("LABHELPERS_MIRROR", address)
        fetch(door)
    assert is_good(door, arrays)
    assert door.spec.file_name in capsys.readouterr().err


def test_a_mirror_may_hold_the_official_files(small, server, monkeypatch):
    door, arrays, files = small
    server.log.clear()
    with running() as mirror:
        for name, content in files.items():
            mirror.put(name, content)
        monkeypatch.setenv("LABHELPERS_MIRROR", mirror.address)
        fetch(door)
    assert is_good(door, arrays)
    assert server.log == []


@pytest.mark.parametrize("address", ["192.168.0.7:8765", "ftp://here", "http://"])
def test_a_mirror_that_is_no_address_is_said(small, monkeypatch, address):
    monkeypatch.setenv("LABHELPERS_MIRROR", address)
    with pytest.raises(DataError, match="LABHELPERS_MIRROR: expected an address like http"):
        fetch(small[0])


def test_official_files_in_the_data_folder_are_taken(small, root, server):
    door, arrays, files = small
    write_files(root, files)
    server.log.clear()
    fetch(door)
    assert is_good(door, arrays)
    assert server.log == []


@pytest.mark.parametrize("form", ["folder", "nested", "zip", "one file"])
def test_official_files_are_taken_from_a_stick(small, tmp_path, form):
    door, arrays, files = small
    stick = tmp_path / "Mein Stick é"
    write_files(stick / "a" / "b" if form == "nested" else stick, files)
    place = stick
    if form == "zip":
        place = tmp_path / "stick.zip"
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(f"some folder/{name}", content)
    elif form == "one file":
        place = stick / next(iter(files))
    door.take(place)
    assert is_good(door, arrays)


@pytest.mark.parametrize("form", ["file", "folder", "zip"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_finished_file_is_taken_from_a_stick(small, tmp_path, form, save):
    door, arrays, _ = small
    stick = tmp_path / "stick"
    stick.mkdir()
    place = stick / door.spec.file_name
    save(place, **arrays)
    if form == "folder":
        place = stick
    elif form == "zip":
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(place, f"x/{place.name}")
        place = tmp_path / "a.zip"
    door.take(place)
    assert is_good(door, arrays)


def test_an_empty_stick_is_said(small, tmp_path):
    (tmp_path / "stick").mkdir()
    with pytest.raises(DataError, match=r"stick: expected .*\.npz or the files of the official"):
        small[0].take(tmp_path / "stick")
    with pytest.raises(DataError, match="no such thing"):
        small[0].take(tmp_path / "nowhere")


def test_a_wrong_stick_leaves_the_good_file_alone(small, root, tmp_path):
    door, arrays, _ = small
    fetch(door)
    wrong = {name: array.copy() for name, array in arrays.items()}
    wrong["x_test"][0, 0, 0] ^= 1
    np.savez(tmp_path / "wrong.npz", **wrong)
    with pytest.raises(DataError, match=r"wrong\.npz"):
        door.take(tmp_path / "wrong.npz")
    assert is_good(door, arrays)
    assert not [name for name in list_files(root) if name.endswith(".part")]


def test_the_file_of_four_that_is_wrong_is_named(root, tmp_path):
    door, _, files = make_small_mnist()
    names = list(files)
    files[names[2]] = files[names[0]]
    write_files(tmp_path / "stick", files)
    with pytest.raises(DataError, match=f"{names[2]}: expected"):
        door.take(tmp_path / "stick")


def test_idx_files_come_unzipped_and_under_either_spelling(root, tmp_path):
    door, arrays, files = make_small_mnist()
    plain = {
        name.removesuffix(".gz").replace("-idx", ".idx"): gzip.decompress(content)
        for name, content in files.items()
    }
    write_files(tmp_path / "stick", plain)
    door.take(tmp_path / "stick")
    assert is_good(door, arrays)


def test_unpacked_batches_are_taken_and_the_wrong_one_is_named(root, tmp_path):
    door, arrays, _, bins = make_small_cifar()
    write_files(tmp_path / "stick", bins)
    door.take(tmp_path / "stick")
    assert is_good(door, arrays)
    bins[BATCHES[3]] = bins[BATCHES[2]]
    write_files(tmp_path / "stick", bins)
    with pytest.raises(DataError, match=f"{BATCHES[3]}: expected the official file"):
        door.take(tmp_path / "stick")


def test_cifar_in_any_order_loads_in_digest_order(root):
    door, arrays, *_ = make_small_cifar()
    order = np.random.RandomState(1).permutation(50)
    shuffled = arrays | {name: arrays[name][order] for name in ("x_train", "y_train")}
    root.mkdir()
    np.savez(root / "cifar10.npz", **shuffled)
    assert is_good(door, arrays)
    assert (root / "cache" / "cifar10-order.npy").exists()
    assert is_good(door, arrays)


def test_images_between_batches_may_be_swapped(root, tmp_path):
    door, arrays, _, bins = make_small_cifar()
    bins[BATCHES[0]], bins[BATCHES[1]] = bins[BATCHES[1]], bins[BATCHES[0]]
    write_files(tmp_path / "stick", bins)
    door.take(tmp_path / "stick")
    assert is_good(door, arrays)


@pytest.mark.parametrize("memory", ["other order", "nonsense", "out of range", "wrong shape"])
def test_a_remembered_order_is_not_trusted(root, memory):
    door, arrays, *_ = make_small_cifar()
    order = np.random.RandomState(1).permutation(50)
    shuffled = arrays | {name: arrays[name][order] for name in ("x_train", "y_train")}
    (root / "cache").mkdir(parents=True)
    np.savez(root / "cifar10.npz", **shuffled)
    remembered = {
        "other order": np.arange(60, dtype=np.uint32) % 50,
        "nonsense": None,
        "out of range": np.full(60, 99, np.uint32),
        "wrong shape": np.zeros((6, 10), np.uint32),
    }[memory]
    path = root / "cache" / "cifar10-order.npy"
    if remembered is None:
        path.write_bytes(b"what")
    else:
        np.save(path, remembered)
    assert is_good(door, arrays)
    assert is_good(door, arrays)


@pytest.mark.parametrize("name", ["x_train", "y_train", "x_test", "y_test"])
def test_one_wrong_byte_is_refused(small, root, name):
    door, arrays, _ = small
    wrong = {key: array.copy() for key, array in arrays.items()}
    wrong[name].flat[-1] ^= 1
    root.mkdir()
    np.savez(root / door.spec.file_name, **wrong)
    with pytest.raises(DataError, match=rf"{door.spec.name}\.npz: expected .*delete it"):
        door.load()
    with pytest.raises(DataError):
        door.verify()


@pytest.mark.parametrize("label", [10, 255])
def test_labels_of_ten_are_said(small, root, label):
    door, arrays, _ = small
    wrong = arrays | {"y_test": arrays["y_test"] * 0 + np.uint8(label)}
    root.mkdir()
    np.savez(root / door.spec.file_name, **wrong)
    with pytest.raises(DataError, match=f"labels from 0 to 9 in y_test, but there is a {label}"):
        door.load()


def test_an_image_moved_from_test_to_train_is_refused(root):
    door, arrays, *_ = make_small_cifar()
    wrong = {name: array.copy() for name, array in arrays.items()}
    wrong["x_train"][0], wrong["x_test"][0] = arrays["x_test"][0], arrays["x_train"][0]
    root.mkdir()
    np.savez(root / "cifar10.npz", **wrong)
    with pytest.raises(DataError, match="train images"):
        door.load()


def test_verify_says_what_is_there(small):
    door, _, _ = small
    with pytest.raises(DataError, match="there is no such file or folder"):
        door.verify()
    fetch(door)
    assert "digests right" in door.verify()


def make_file_of(kind):
    if kind == "gzip bomb":
        return gzip.compress(bytes(200_000_000), compresslevel=1)
    if kind == "tar of links":
        members = []
        for name, linktype in ((BATCHES[0], tarfile.SYMTYPE), (BATCHES[1], tarfile.LNKTYPE)):
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.type, member.linkname = linktype, "/etc/passwd"
            members.append(member)
        return make_tar({}, *members)
    if kind == "tar with a device":
        member = tarfile.TarInfo(BATCHES[0])
        member.type, member.devmajor, member.devminor = tarfile.CHRTYPE, 1, 5
        return make_tar({}, member)
    if kind == "huge header":
        member = tarfile.TarInfo("x" * 100)
        member.type, member.size = tarfile.XHDTYPE, 8**11 - 1
        raw = io.BytesIO()
        raw.write(member.tobuf(tarfile.USTAR_FORMAT))
        raw.write(bytes(200_000_000))
        return gzip.compress(raw.getvalue(), compresslevel=1)
    return {"no archive": b"hello", "cut": make_tar({"a": bytes(99)})[:60], "empty": b""}[kind]


@pytest.mark.parametrize(
    "kind",
    ["gzip bomb", "tar of links", "tar with a device", "huge header", "no archive", "cut", "empty"],
)
@pytest.mark.parametrize("make", [make_small_mnist, make_small_cifar], ids=["mnist", "cifar10"])
def test_a_harmful_or_broken_archive_on_a_stick_is_refused_by_name(root, tmp_path, make, kind):
    door, _, files, *_ = make()
    name = next(iter(files))
    write_files(tmp_path / "stick", files | {name: make_file_of(kind)})
    with pytest.raises(DataError, match=rf"{name}|data_batch|t.*ubyte"):
        door.take(tmp_path / "stick")
    assert list_files(root) in ([], [f".{door.spec.name}.lock"])


def test_paths_that_lead_out_of_an_archive_write_nothing(root, tmp_path):
    door, arrays, _, bins = make_small_cifar()
    evil = {f"../../../{name}": content for name, content in bins.items()}
    evil["/tmp/labhelpers-was-here"] = b"x"
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "cifar-10-binary.tar.gz").write_bytes(make_tar(evil))
    before = list_files(tmp_path)
    door.take(tmp_path / "stick")
    assert is_good(door, arrays)
    new = set(list_files(tmp_path)) - set(before)
    assert new <= {"cifar10.npz", ".cifar10.lock"}


def test_a_part_of_the_wrong_size_is_refused(root, tmp_path):
    door, _, _, bins = make_small_cifar()
    for change, came in ((lambda b: b[:-1], "it has 30,729"), (lambda b: b + b"x", "it has more")):
        wrong = bins | {BATCHES[2]: change(bins[BATCHES[2]])}
        write_files(tmp_path / "stick", wrong)
        with pytest.raises(DataError, match=f"{BATCHES[2]}: expected 30,730 bytes, but {came}"):
            door.take(tmp_path / "stick")


def test_a_set_of_other_counts_is_another_set(root):
    door, arrays, _ = make_small_mnist()
    root.mkdir()
    np.savez(root / "mnist.npz", **arrays)
    with pytest.raises(DataError, match=r"shape \(61, 28, 28\)"):
        replace(door, spec=replace(door.spec, train_count=61)).load()
