"""A full disk, a read-only one, odd paths: one sentence, and nothing left that blocks."""

import os
import shutil
import stat

import numpy as np
import pytest
from hard_disks import closed, read_only, small_disk
from small_sets import (
    is_good,
    make_small_cifar,
    make_small_mnist,
    make_small_pets,
    make_zip,
    write_files,
)

from labhelpers.classroom.serving import prepare
from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.disk import hold_lock
from labhelpers.data.fetch.downloader import Patience, download

HASTE = Patience(stall_s=0.4, tries=2, wait_s=0.01)


MAKERS = {"mnist": make_small_mnist, "cifar10": make_small_cifar, "cats_vs_dogs": make_small_pets}


@pytest.fixture(params=MAKERS)
def small(request, root, server):
    door, arrays, files = MAKERS[request.param](server.address)[:3]
    for name, content in files.items():
        server.put(name, content)
    return door, arrays, files


def fetch(door):
    return door.fetch(patience=HASTE, show_progress=False)


def test_a_disk_without_room_is_said_and_not_left_full(small, tmp_path, monkeypatch):
    door, arrays, _ = small
    with small_disk(tmp_path / "small", 8192) as folder:
        monkeypatch.setenv("LABHELPERS_DATA", str(folder))
        with pytest.raises(DataError) as caught:
            fetch(door)
        said = str(caught.value)
        assert "expected room for" in said
        assert "the disk is full" in said
        assert "LABHELPERS_DATA" in said
        left = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 2000]
        assert left == []
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path / "large"))
    fetch(door)
    assert is_good(door, arrays)


def test_a_disk_that_fills_up_midway_is_said_and_given_back(tmp_path, server):
    url = server.put("a.bin", bytes(3_000_000))
    with small_disk(tmp_path / "small", 1_000_000) as folder:
        # The server does not say beforehand how large the file is.
        server.files["/a.bin"].faults.append(send_without_length)
        with pytest.raises(DataError, match=r"a\.bin: expected room.* the disk is full"):
            download(url, folder / "a.bin", patience=HASTE, show_progress=False)
        assert [path.name for path in folder.iterdir()] == []
        server.put("a.bin", bytes(300_000))
        download(url, folder / "a.bin", patience=HASTE, show_progress=False)
        assert (folder / "a.bin").read_bytes() == bytes(300_000)


def send_without_length(handler, resource):
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(resource.content)


def test_a_disk_with_room_for_the_download_alone(root, tmp_path, monkeypatch):
    door, arrays, files = make_small_mnist()
    stick = tmp_path / "stick"
    write_files(stick, files)
    with small_disk(tmp_path / "small", 32768) as folder:
        monkeypatch.setenv("LABHELPERS_DATA", str(folder))
        with pytest.raises(DataError, match=r"small.*: expected room for .* the disk is full"):
            door.take(stick)
        assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == []
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path / "large"))
    door.take(stick)
    assert is_good(door, arrays)


def test_read_only_data_load(small, root):
    door, arrays, _ = small
    fetch(door)
    with read_only(root):
        assert is_good(door, arrays)


def test_read_only_data_load_although_a_killed_process_left_something(small, root):
    door, arrays, files = small
    fetch(door)
    write_files(root / "downloads" / door.spec.name, files)
    with read_only(root):
        assert is_good(door, arrays)


def test_read_only_data_in_another_order_load_too(root, system_temp):
    door, arrays, *_ = make_small_cifar()
    backwards = {name: array[::-1] for name, array in arrays.items()}
    root.mkdir()
    np.savez(root / "cifar10.npz", **{k: np.ascontiguousarray(v) for k, v in backwards.items()})
    with read_only(root):
        assert is_good(door, arrays)
        assert is_good(door, arrays)
    assert not (root / "cache").exists()
    assert len(list(system_temp.glob("labhelpers-*/cifar10-order.npy"))) == 1


def test_nowhere_to_remember_an_order_is_no_obstacle(root, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(root / "nowhere"))
    door, arrays, *_ = make_small_cifar()
    root.mkdir()
    np.savez(root / "cifar10.npz", **{k: np.flip(v, 0).copy() for k, v in arrays.items()})
    with read_only(root):
        assert is_good(door, arrays)


def test_an_empty_read_only_folder_is_said(small, root):
    root.mkdir()
    with read_only(root), pytest.raises(DataError) as caught:
        fetch(small[0])
    assert f"{root}: expected a folder that can be written, but it cannot" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_said(small, root):
    root.parent.joinpath("closed").mkdir()
    with read_only(root.parent / "closed"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABHELPERS_DATA", str(root.parent / "closed" / "data"))
        with pytest.raises(DataError, match="expected a folder that can be written"):
            fetch(small[0])


def test_a_closed_data_folder_is_said(small, root):
    root.mkdir()
    with closed(root):
        for act in (lambda: fetch(small[0]), small[0].verify, lambda: prepare(small[0])):
            with pytest.raises(DataError, match=rf"{root}: expected a folder .*own\.$"):
                act()


def test_a_path_too_long_for_the_system_is_said(small, root, monkeypatch):
    monkeypatch.setenv("LABHELPERS_DATA", str(root / ("long" * 100)))
    with pytest.raises(DataError, match=r"refuses it \(File name too long\).*LABHELPERS_DATA"):
        fetch(small[0])


def test_an_empty_folder_left_in_the_place_of_the_data_blocks_nothing(small, root):
    door, arrays, _ = small
    (root / "cats_vs_dogs").mkdir(parents=True)
    fetch(door)
    assert is_good(door, arrays)


def test_a_file_where_the_folder_should_be_is_said(small, root):
    root.write_text("not a folder")
    with pytest.raises(DataError, match="expected a folder"):
        fetch(small[0])


def test_spaces_accents_and_depth_are_no_obstacle(small, tmp_path, monkeypatch):
    door, arrays, files = small
    for folder in ("Données d'été", "数据 — x", "a" * 100 + "/" + "b" * 100):
        monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path / folder))
        fetch(door)
        assert is_good(door, arrays)
    write_files(tmp_path / "clé usb", files)
    shutil.rmtree(tmp_path / "Données d'été")
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path / "Données d'été"))
    stick = tmp_path / "clé usb"
    door.take(stick if door.spec.name != "cats_vs_dogs" else stick / next(iter(files)))
    assert is_good(door, arrays)


def test_a_disk_that_fills_up_while_pictures_are_unpacked(root, tmp_path, monkeypatch):
    door, expected, _ = make_small_pets()
    large = dict(expected) | {"train/dog/dog.9.jpg": bytes(40_000)}
    (tmp_path / "stick.zip").write_bytes(make_zip(large))
    with small_disk(tmp_path / "small", 32768) as folder:
        monkeypatch.setenv("LABHELPERS_DATA", str(folder))
        with pytest.raises(DataError, match=r"cats_vs_dogs: expected room .* the disk is full"):
            door.take(tmp_path / "stick.zip")
        assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == []
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path / "large"))
    door.take(tmp_path / "stick.zip")
    assert is_good(door, large)


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_stick_that_may_not_be_read_is_named_not_the_data_folder(small, root, tmp_path, form):
    door, _, files = small
    root.mkdir()
    root.chmod(0o777)
    stick = tmp_path / "stick"
    write_files(stick, files)
    (tmp_path / "stick.zip").write_bytes(make_zip(files))
    victim = next(stick.iterdir()) if form == "folder" else tmp_path / "stick.zip"
    place = {"folder": stick, "zip": tmp_path / "stick.zip"}[form]
    with closed(victim), pytest.raises(DataError) as caught:
        door.take(place)
    assert str(caught.value).startswith(f"{victim}: expected what can be read, but it cannot (")


def test_a_home_is_understood(small, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LABHELPERS_DATA", "~/my data")
    assert fetch(small[0]) == tmp_path / "my data" / small[0].path.name


def test_what_is_fetched_can_be_read_by_the_class(small, root):
    mask = os.umask(0o022)
    try:
        path = fetch(small[0])
    finally:
        os.umask(mask)
    for entry in (path, *path.rglob("*")):
        assert stat.S_IMODE(entry.stat().st_mode) == (0o755 if entry.is_dir() else 0o644)


def test_a_lock_that_was_left_behind_blocks_nobody(root):
    root.mkdir()
    (root / ".mnist.lock").write_text("process 1 was here")
    with hold_lock(root, "mnist"):
        pass
