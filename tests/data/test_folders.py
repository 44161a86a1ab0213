"""load_image_folder: every file is among the images or named with the reason why not."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import odd_pictures
import pytest
from hard_disks import read_only, small_disk
from odd_pictures import draw, save
from PIL import Image

from labhelpers.data import DataError, load_image_folder

ODD = {
    "cat/1.jpg": save(draw(seed=1), "JPEG"),
    "cat/2.jpg": b"",
    "cat/3.jpg": b"not a picture",
    "cat/4.jpg": save(draw(seed=4), "JPEG")[:-500],
    "cat/5.jpg": save(Image.new("RGB", (60, 60), "white"), "JPEG"),
    "cat/6.jpg": save(draw(seed=6, mode="CMYK"), "JPEG"),
    "cat/7.png": odd_pictures.make_16_bit(),
    "cat/8.gif": odd_pictures.make_animation("GIF"),
    "cat/9.jpg": odd_pictures.make_on_its_side(),
    "cat/10.jpg": save(draw(seed=10), "PNG"),
    "cat/Thumbs.db": b"of the system",
    "cat/.DS_Store": b"of another system",
    "cat/more/11.jpg": save(draw(seed=11), "JPEG"),
    "dog/1.jpg": save(draw(seed=20), "JPEG"),
    "dog/2.jpg": save(draw(seed=20), "JPEG"),
    "dog/3.jpg": save(draw(seed=1), "JPEG"),
    "dog/4.jpg": odd_pictures.make_50_megapixel("JPEG"),
    "dog/5.jpg": odd_pictures.make_promise(20_000, 20_000),
    "read me.txt": b"hello",
}


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def make_folder(folder, count=6, seed=0):
    return write(
        folder,
        {
            f"{name}/{i}.jpg": save(draw(seed=seed + 100 * k + i), "JPEG")
            for k, name in enumerate(("cat", "dog"))
            for i in range(count)
        },
    )


def load(folder, **options):
    return load_image_folder(folder, **({"size_px": 24, "show_progress": False} | options))


@pytest.fixture
def folder(root, tmp_path):
    return make_folder(tmp_path / "Bilder für alle")


def test_every_file_is_an_image_or_is_named_with_its_reason(root, tmp_path, capsys):
    folder = write(tmp_path / "odd", ODD)
    data = load(folder)
    kept = [f"cat/{i}" for i in ("1.jpg", "6.jpg", "7.png", "8.gif", "9.jpg", "10.jpg")]
    assert list(data.files) == [*kept, *(f"dog/{i}.jpg" for i in (1, 2, 3, 4))]
    out = {finding.file: finding.what for finding in data.left_out}
    assert set(out) == {
        "cat/2.jpg",
        "cat/3.jpg",
        "cat/4.jpg",
        "cat/5.jpg",
        "cat/Thumbs.db",
        "cat/.DS_Store",
        "cat/more",
        "dog/5.jpg",
        "read me.txt",
    }
    assert out["cat/2.jpg"] == "is empty"
    assert "blank" in out["cat/5.jpg"]
    assert "pixels" in out["dog/5.jpg"]
    remarks = {finding.file: finding.what for finding in data.findings if not finding.left_out}
    assert set(remarks) == {
        *(f"cat/{i}" for i in ("6.jpg", "7.png", "8.gif", "9.jpg", "10.jpg")),
        "dog/2.jpg",
        "dog/3.jpg",
    }
    assert remarks["dog/2.jpg"] == "is the same picture as dog/1.jpg"
    assert remarks["dog/3.jpg"] == "is the same picture as cat/1.jpg"
    said = capsys.readouterr().out
    assert "odd: 9 files left out" in said
    assert "and 4 more" in said
    everything = data.describe()
    assert all(file in everything for file in (*out, *remarks))
    assert "10 images (6 cat, 4 dog)" in everything


def test_images_labels_and_files_go_together(folder):
    data = load(folder)
    assert data.classes == ("cat", "dog")
    assert (data.images.shape, data.images.dtype) == ((12, 24, 24, 3), np.uint8)
    assert data.labels.tolist() == [0] * 6 + [1] * 6
    assert data.labels.dtype == np.int64
    for image, file in zip(data.images, data.files, strict=True):
        with Image.open(folder / file) as picture:
            slow = np.asarray(picture.resize((24, 24), Image.Resampling.BILINEAR)).astype(int)
        assert np.abs(image - slow).mean() < 6
    assert not data.standin
    assert data.source == str(folder)


def test_numbers_in_names_are_counted_not_spelled(root, tmp_path):
    files = {f"a/cat.{i}.jpg": save(draw(seed=i), "JPEG") for i in (1, 2, 10, 9, 100)}
    data = load(write(tmp_path / "x", files))
    assert data.files == tuple(f"a/cat.{i}.jpg" for i in (1, 2, 9, 10, 100))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fit", ["squash", "crop", "pad"])
def test_size_channels_and_fit(folder, channels, fit):
    data = load(folder, size_px=31, channels=channels, fit=fit)
    assert data.images.shape == (12, 31, 31, channels)


def test_a_second_call_decodes_nothing(folder, root):
    first = load(folder)
    for path in folder.rglob("*.jpg"):
        stamp = path.stat()
        path.write_bytes(b"x" * stamp.st_size)
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    second = load(folder)
    np.testing.assert_array_equal(first.images, second.images)
    assert first.files == second.files


def test_moved_or_touched_pictures_are_the_same_pictures(folder, root, tmp_path):
    load(folder)
    cached = sorted((root / "cache").glob("*.u8"))
    moved = shutil.copytree(folder, tmp_path / "moved")
    shutil.rmtree(folder)
    data = load(moved)
    assert sorted((root / "cache").glob("*.u8")) == cached
    assert data.source == str(moved)


@pytest.mark.parametrize("change", ["content", "new", "gone", "renamed"])
def test_a_changed_folder_is_seen(folder, change):
    before = load(folder)
    path = folder / "cat" / "3.jpg"
    if change == "content":
        path.write_bytes(save(draw(seed=77), "JPEG"))
    elif change == "new":
        write(folder, {"cat/9.jpg": save(draw(seed=77), "JPEG")})
    elif change == "gone":
        path.unlink()
    else:
        path.rename(folder / "dog" / "9.jpg")
    after = load(folder)
    counts = {"content": [6, 6], "new": [7, 6], "gone": [5, 6], "renamed": [5, 7]}[change]
    assert np.bincount(after.labels).tolist() == counts
    assert before.variant != after.variant or change == "renamed"
    if change == "content":
        assert (before.images[3] != after.images[3]).any()


def test_images_cannot_be_written_by_accident(folder):
    data = load(folder)
    assert isinstance(data.images, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        data.images[0] = 0


def test_a_limit_takes_the_first_usable_of_each_class(root, tmp_path):
    folder = write(tmp_path / "odd", ODD)
    data = load(folder, limit_per_class=3)
    assert data.files == (
        "cat/1.jpg", "cat/6.jpg", "cat/7.png", "dog/1.jpg", "dog/2.jpg", "dog/3.jpg"
    )  # fmt: skip
    assert {"cat/2.jpg", "cat/5.jpg"} <= {finding.file for finding in data.left_out}
    assert np.bincount(load(folder, limit_per_class=99).labels).tolist() == [6, 4]


def test_pictures_of_the_other_folder_are_left_out_by_name(folder, tmp_path):
    other = write(
        tmp_path / "test",
        {
            "cat/a.jpg": (folder / "cat" / "2.jpg").read_bytes(),
            "dog/b.jpg": (folder / "cat" / "4.jpg").read_bytes(),
            "dog/c.jpg": save(draw(seed=999), "JPEG"),
        },
    )
    data = load(folder, apart_from=other)
    assert {str(finding) for finding in data.left_out} == {
        "cat/2.jpg is the same picture as test/cat/a.jpg",
        "cat/4.jpg is the same picture as test/dog/b.jpg",
    }
    assert len(data.labels) == 10


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"size_px": 7}, "size_px must be a whole number from 8 to 2048, but 7 came"),
        ({"size_px": 3000}, "size_px must be"),
        ({"channels": 2}, "channels must be 1 for grey or 3 for RGB, but 2 came"),
        ({"fit": "stretch"}, "fit must be one of 'squash', 'crop', 'pad', but 'stretch' came"),
        ({"limit_per_class": 0}, "limit_per_class must be"),
        ({"channels": "grey"}, "channels must be 1 for grey or 3 for RGB, but 'grey' came"),
        ({"channels": True}, "channels must be 1 for grey or 3 for RGB, but True came"),
        ({"apart_from": 3}, "apart_from must be the path of a folder, but 3 came"),
        ({"name": 3}, "name must be text, or None for the folder's name, but 3 came"),
        ({"show_progress": "maybe"}, "show_progress must be True or False, but 'maybe' came"),
    ],
)
def test_a_wrong_argument_is_named(folder, options, said):
    with pytest.raises((TypeError, ValueError), match=said):
        load(folder, **options)


@pytest.mark.parametrize("path", [None, 3, ["a"]])
def test_what_is_no_path_is_named(path):
    with pytest.raises(TypeError, match="path must be the path of a folder, but "):
        load(path)


def test_a_folder_of_splits_is_told_from_a_folder_of_classes(root, tmp_path):
    make_folder(tmp_path / "pets" / "train")
    with pytest.raises(DataError, match=r"Are cat, dog the classes\? Then load .*pets.train\.$"):
        load(tmp_path / "pets")


def test_what_is_no_folder_of_classes_is_said(root, tmp_path):
    with pytest.raises(DataError, match=r"nowhere: expected a folder with one folder for each"):
        load(tmp_path / "nowhere")
    write(tmp_path / "flat", {"a.jpg": save(draw(), "JPEG")})
    with pytest.raises(DataError, match="it holds 1 files and no folder"):
        load(tmp_path / "flat")
    write(tmp_path / "bad", {"cat/a.jpg": save(draw(), "JPEG"), "dog/b.jpg": b""})
    with pytest.raises(DataError, match=r"dog: expected .* 1 are left out, such as dog/b.jpg is e"):
        load(tmp_path / "bad")
    (tmp_path / "bad" / "bird").mkdir()
    with pytest.raises(DataError, match="bird: expected at least one usable picture, but it is em"):
        load(tmp_path / "bad")


def test_a_link_that_leads_nowhere_and_a_pipe_are_named(folder):
    (folder / "cat" / "link.jpg").symlink_to(folder / "nothing")
    os.mkfifo(folder / "cat" / "pipe.jpg")
    data = load(folder)
    assert {f.file for f in data.left_out} == {"cat/link.jpg", "cat/pipe.jpg"}


def test_a_name_that_is_no_text_is_no_obstacle(folder):
    path = os.fsencode(folder / "cat") + b"/\xff\xfe.jpg"
    Path(os.fsdecode(path)).write_bytes(save(draw(seed=50), "JPEG"))
    assert len(load(folder).labels) == 13
    assert len(load(folder).labels) == 13


@pytest.mark.parametrize("kind", ["pixels cut", "json cut", "json gone", "pixels gone", "index"])
def test_a_broken_cache_is_made_anew(folder, root, kind):
    before = load(folder)
    expected = np.array(before.images)
    del before
    cache = root / "cache"
    pixels, notes = next(cache.glob("*.u8")), next(cache.glob("pictures-*.json"))
    if kind == "pixels cut":
        pixels.write_bytes(pixels.read_bytes()[:-1])
    elif kind == "json cut":
        notes.write_text(notes.read_text()[:-9])
    elif kind == "json gone":
        notes.unlink()
    elif kind == "pixels gone":
        pixels.unlink()
    else:
        next(cache.glob("index-*.json")).write_text("[1, 2")
    np.testing.assert_array_equal(load(folder).images, expected)


def test_a_read_only_data_folder_is_no_obstacle(folder, root, system_temp):
    root.mkdir()
    with read_only(root):
        assert len(load(folder).labels) == 12


def test_a_full_disk_is_said_and_given_back(folder, tmp_path, monkeypatch):
    with small_disk(tmp_path / "small", 300_000) as small:
        monkeypatch.setenv("LABHELPERS_DATA", str(small))
        with pytest.raises(DataError, match="expected room for 3,145,728 bytes, but the disk is f"):
            load(folder, size_px=512, channels=1)
        left = [path for path in small.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in left) < 10_000
        assert len(load(folder, size_px=24).labels) == 12


CODE = (
    "import sys; from labhelpers.data import load_image_folder;"
    "d = load_image_folder(sys.argv[1], size_px=int(sys.argv[2]), show_progress=False);"
    "print(len(d.labels), int(d.images[-1].sum()))"
)


def test_four_processes_at_once_all_get_the_same(folder):
    command = [sys.executable, "-c", CODE, str(folder), "64"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {process.communicate(timeout=60)[0] for process in running}
    assert len(said) == 1
    assert said.pop().startswith("12 ")


def test_threads_at_once_all_get_the_same(folder):
    results = []
    threads = [threading.Thread(target=lambda: results.append(load(folder))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({result.images.tobytes() for result in results}) == 1
    assert len(results) == 4


def test_a_kill_while_decoding_does_not_matter(root, tmp_path):
    picture = save(draw(1500, 1200), "JPEG", quality=95)
    files = {f"{name}/{i}.jpg": picture + bytes([i]) for name in "ab" for i in range(100)}
    folder = write(tmp_path / "many", files)
    for _ in range(2):
        process = subprocess.Popen([sys.executable, "-c", CODE, str(folder), "500"])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not any(root.glob("cache/pictures-*.part")):
            time.sleep(0.005)
        process.kill()
        assert process.wait() != 0
    assert load(folder, size_px=500).images.shape == (200, 500, 500, 3)
    assert not list(root.glob("cache/pictures-*.part"))


def test_pixels_are_never_all_in_memory(root, tmp_path):
    picture = save(draw(240, 230), "JPEG")
    files = {f"a/{i}.jpg": picture + i.to_bytes(2, "big") for i in range(600)}
    folder = write(tmp_path / "many", files)
    code = (
        "import resource, sys; import numpy as np; from labhelpers.data import load_image_folder;"
        "load_image_folder(sys.argv[1], size_px=8, show_progress=False);"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024;"
        "before = peak(); d = load_image_folder(sys.argv[1], size_px=224, show_progress=False);"
        "print(peak() - before, d.images.nbytes)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    grown_bytes, all_bytes = map(int, out.stdout.split())
    assert all_bytes == 600 * 224 * 224 * 3
    assert grown_bytes < all_bytes / 2
