"""load_cats_vs_dogs: from the download or a folder at hand to images, named by their variant."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from fault_server import truncate
from odd_pictures import draw, save
from small_sets import digest, is_good, make_small_pets, write_files

from labhelpers.data import DataError, load_cats_vs_dogs, standins_used
from labhelpers.data.fetch.downloader import Patience
from labhelpers.data.fetch.picture_archives import place_picture, read_known
from labhelpers.data.fetch.registry import CATS_VS_DOGS
from labhelpers.data.sets import cats_vs_dogs

HASTE = Patience(stall_s=2, tries=3, wait_s=0.01)


@pytest.fixture
def pets(root, server, monkeypatch):
    """A small official download, on a server of this machine, behind the door of the package."""
    door, expected, files = make_small_pets(server.address)
    for name, content in files.items():
        server.put(name, content)
    monkeypatch.setattr(cats_vs_dogs, "CATS_VS_DOGS_DOOR", door)
    return door, expected, files


def load(**options):
    return load_cats_vs_dogs(**({"size_px": 24, "show_progress": False} | options))


def test_the_official_download_is_split_by_the_numbers(pets):
    train, test = load(), load(split="test")
    assert train.files == tuple(f"{k}/{k}.{i}.jpg" for k in ("cat", "dog") for i in (1, 666, 12499))
    assert test.files == tuple(f"{k}/{k}.{i}.jpg" for k in ("cat", "dog") for i in (0, 10))
    assert train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert train.variant == test.variant == "official download, test = file numbers divisible by 10"
    assert train.name == "Cats and dogs, train"
    assert train.images.shape == (6, 24, 24, 3)
    assert not train.standin


def test_the_download_is_resumed_and_nothing_is_left_over(pets, root, server):
    door, expected, _ = pets
    server.files["/kagglecatsanddogs_5340.zip"].faults.append(truncate(3000))
    door.fetch(patience=HASTE, show_progress=False)
    assert is_good(door, expected)
    assert server.ranges("kagglecatsanddogs_5340.zip") == ["", "bytes=3000-"]
    assert {path.name for path in root.iterdir()} == {"cats_vs_dogs", ".cats_vs_dogs.lock"}


def test_a_download_of_other_bytes_is_not_unpacked(pets, root, server):
    door, _, files = pets
    name, content = next(iter(files.items()))
    server.put(name, content[:-1] + b"x")
    with pytest.raises(DataError, match="sent other content"):
        door.fetch(patience=HASTE, show_progress=False)
    assert not door.path.exists()


def test_a_folder_at_hand_keeps_its_split_and_is_named_by_its_content(root):
    files = {
        f"{split}/{name}/{name}.{i}.jpg": save(draw(seed=100 * (split == "test") + i), "JPEG")
        for split, numbers in (("train", range(10, 14)), ("test", range(2)))
        for name, i in (("cat", numbers[0]), *(("dog", i) for i in numbers[1:]))
    }
    write_files(root / "cats_vs_dogs", files)
    assert load().files == ("cat/cat.10.jpg", "dog/dog.11.jpg", "dog/dog.12.jpg", "dog/dog.13.jpg")
    digests = sorted(digest(content) for content in files.values())
    assert load().variant == f"own files {digest(''.join(digests).encode())[:8]}"


def test_a_known_collection_is_named(root, pets, monkeypatch):
    door, expected, _ = pets
    content = digest("".join(sorted(digest(c) for c in expected.values())).encode())
    spec = replace(door.spec, variants={content: "the small one"})
    monkeypatch.setattr(cats_vs_dogs, "CATS_VS_DOGS_DOOR", replace(door, spec=spec))
    write_files(root / "cats_vs_dogs", expected)
    assert load().variant == "the small one"


@pytest.fixture
def known(pets, tmp_path, monkeypatch):
    """The small collection at hand without a list, while the package knows its digests."""
    door, expected, _ = pets
    expected |= {f"train/cat/cat.{i}.jpg": save(draw(seed=i), "JPEG") for i in range(20, 30)}
    lines = [f"{digest(content)[:8]}  {name}" for name, content in expected.items()]
    (tmp_path / "known.txt").write_text("\n".join(["# the small one", *lines]))
    spec = replace(door.spec, known_file=str(tmp_path / "known.txt"))
    monkeypatch.setattr(cats_vs_dogs, "CATS_VS_DOGS_DOOR", replace(door, spec=spec))
    write_files(door.path, expected)
    return door.path


def test_one_wrong_byte_in_a_known_collection_without_a_list_is_named(known):
    load()
    victim = known / "test" / "dog" / "dog.10.jpg"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    with pytest.raises(DataError, match=r"test/dog/dog\.10\.jpg: expected the picture that is lis"):
        load()


def test_a_folder_that_is_like_a_known_one_in_its_names_alone_is_ones_own(known):
    for path in known.glob("*/*/*"):
        path.write_bytes(path.read_bytes() + b"mine")
    assert load().variant.startswith("own files")


def test_the_list_of_this_package_names_the_pictures_of_one_variant():
    known = read_known(CATS_VS_DOGS.known_file)
    assert len(known) == 2 * (1500 + 350)
    assert all(len(short) == 8 for short in known.values())
    assert {place_picture(name) == name for name in known} == {True}


def test_a_picture_of_both_splits_is_left_out_of_the_training(pets, root):
    expected = pets[1]
    expected["train/cat/cat.9.jpg"] = expected["test/dog/dog.10.jpg"]
    write_files(root / "cats_vs_dogs", expected)
    train = load()
    assert [str(f) for f in train.left_out] == [
        "cat/cat.9.jpg is the same picture as test/dog/dog.10.jpg"
    ]
    assert "cat/cat.9.jpg" not in train.files
    assert len(load(split="test").labels) == 4


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_file_that_is_not_the_one_in_the_list_is_named(pets, root, how):
    load()
    victim = root / "cats_vs_dogs" / "test" / "cat" / "cat.10.jpg"
    victim.write_bytes(save(draw(seed=5), "JPEG")) if how == "changed" else victim.unlink()
    for split in ("train", "test"):
        with pytest.raises(DataError, match=r"test/cat/cat\.10\.jpg: expected the picture that"):
            load(split=split)
    with pytest.raises(DataError, match=r"cat\.10\.jpg"):
        pets[0].verify()
    (root / "cats_vs_dogs" / "SHA256SUMS").unlink()
    assert load().variant.startswith("own files")


def test_an_added_picture_makes_it_another_variant(pets, root):
    load()
    write_files(root / "cats_vs_dogs", {"train/cat/mine.jpg": save(draw(seed=5), "JPEG")})
    data = load()
    assert "cat/mine.jpg" in data.files
    assert data.variant.startswith("own files")


@pytest.mark.parametrize("form", ["zip in the folder", "PetImages in the folder"])
def test_the_official_files_may_lie_in_the_data_folder(pets, root, server, tmp_path, form):
    door, expected, files = pets
    if form == "zip in the folder":
        write_files(root, files)
    else:
        zip_path = tmp_path / "a.zip"
        zip_path.write_bytes(next(iter(files.values())))
        shutil.unpack_archive(zip_path, root)
    door.fetch(patience=HASTE, show_progress=False)
    assert is_good(door, expected)
    assert server.log == []


def test_a_stick_without_one_class_is_refused(pets, tmp_path):
    door, expected, _ = pets
    cats = {name: content for name, content in expected.items() if "/cat/" in name}
    write_files(tmp_path / "stick", cats)
    with pytest.raises(DataError, match="stick: expected pictures for train/dog, but it holds non"):
        door.take(tmp_path / "stick")


def test_a_new_folder_takes_the_place_of_the_old_one(pets, tmp_path):
    door, expected, _ = pets
    door.fetch(show_progress=False)
    other = {name: content + b"2" for name, content in expected.items()}
    write_files(tmp_path / "stick", other)
    door.take(tmp_path / "stick")
    assert is_good(door, other)
    with pytest.raises(DataError):
        door.take(tmp_path / "nowhere")
    assert is_good(door, other)


def test_a_half_empty_folder_is_said(root):
    write_files(root / "cats_vs_dogs", {"train/cat/1.jpg": save(draw(), "JPEG")})
    with pytest.raises(DataError, match="there are no pictures in train/dog"):
        load()
    (root / "cats_vs_dogs" / "train").rename(root / "cats_vs_dogs" / "test")
    with pytest.raises(
        DataError, match=r"there is no folder train in it\. Put a good copy in its place"
    ):
        load()
    shutil.rmtree(root / "cats_vs_dogs")
    (root / "cats_vs_dogs").write_text("what is this")
    with pytest.raises(DataError, match=r"cats_vs_dogs: expected .* there is no folder train"):
        load()


@pytest.mark.parametrize(
    "options",
    [
        {"split": "tets"},
        {"split": ("train", "test")},
        {"size_px": 0},
        {"size_px": "big"},
        {"size_px": (200, 200)},
        {"channels": 4},
        {"channels": "grey"},
        {"limit_per_class": 0},
        {"limit_per_class": 2.5},
        {"fit": None},
        {"show_progress": "maybe"},
    ],
    ids=str,
)
def test_a_wrong_argument_is_named(root, options):
    (name, value) = next(iter(options.items()))
    with pytest.raises((TypeError, ValueError), match=f"^{name} must be ") as caught:
        load(**options)
    assert f"but {value!r} came." in str(caught.value)
    assert not root.exists()


@pytest.mark.parametrize("channels", [1, 3])
def test_the_standin_has_the_form_of_the_real_one(root, monkeypatch, channels, capsys):
    monkeypatch.setenv("LABHELPERS_PROFILE", "smoke")
    train, test = load(channels=channels), load(channels=channels, split="test")
    assert train.images.shape == (600, 24, 24, channels)
    assert test.images.shape == (200, 24, 24, channels)
    assert (train.images.dtype, train.labels.dtype) == (np.uint8, np.int64)
    assert np.bincount(train.labels).tolist() == [300, 300]
    assert train.standin
    assert train.variant == "stand-in"
    assert "stand-in" in train.name
    assert "Cats and dogs" in standins_used()
    assert not root.exists()
    with pytest.raises(ValueError, match="read-only"):
        train.images[0] = 0
    assert load(limit_per_class=5).images.shape == (10, 24, 24, 3)


def test_the_standin_can_be_learned(root, monkeypatch):
    monkeypatch.setenv("LABHELPERS_STANDIN", "1")
    train, test = load(size_px=32), load(size_px=32, split="test")

    def measure(images):
        """Darkness to the left and right of the face, where a dog's ears hang, against above."""
        grey = images.mean(axis=3)
        return grey[:, 4:12, 8:24].std(axis=(1, 2)) - grey[:, 16:24, :].std(axis=(1, 2))

    threshold = np.median(measure(train.images))
    is_cat = measure(test.images) > threshold
    assert ((test.labels == 0) == is_cat).mean() > 0.75
