"""Unpacking archives that nobody has checked: pictures where they belong, or a refusal by name."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from odd_pictures import draw, save
from small_sets import digest, is_good, make_small_pets, make_tar, make_zip

from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.picture_archives import place_picture, unpack_pictures

PICTURE = save(draw(30, 20), "JPEG")


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "within" / "target"
    folder.mkdir(parents=True)
    return folder


def put(tmp_path, content, name="archive"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def list_files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("PetImages/Cat/0.jpg", "test/cat/cat.0.jpg"),
        ("PetImages/Cat/7.jpg", "train/cat/cat.7.jpg"),
        ("PetImages/Dog/120.jpg", "test/dog/dog.120.jpg"),
        ("PetImages/Dog/12499.jpg", "train/dog/dog.12499.jpg"),
        ("Dog/5.JPG", "train/dog/dog.5.jpg"),
        ("dogs/5.jpg", "train/dog/dog.5.jpg"),
        ("cats_vs_dogs/train/cat/cat.40.jpg", "train/cat/cat.40.jpg"),
        ("cats_vs_dogs/test/dog/Bello at home.png", "test/dog/Bello at home.png"),
        ("train/cat/x.jpg", "train/cat/x.jpg"),
        ("train/cat.20.jpg", "test/cat/cat.20.jpg"),
        ("dog.21.jpg", "train/dog/dog.21.jpg"),
        ("SHA256SUMS", "SHA256SUMS"),
        ("a/SHA256SUMS", "SHA256SUMS"),
        ("PetImages/Cat/Thumbs.db", None),
        ("PetImages/Cat/.DS_Store", None),
        ("PetImages/Cat/bella.jpg", None),
        ("PetImages/Bird/1.jpg", None),
        ("readme[1].txt", None),
        ("1.jpg", None),
    ],
)
def test_where_a_picture_belongs(name, where):
    assert place_picture(name) == where


def test_a_tenth_of_the_official_pictures_is_for_the_test():
    places = [place_picture(f"PetImages/Cat/{number}.jpg") for number in range(12500)]
    assert sum(place.startswith("test/") for place in places) == 1250
    assert len(set(places)) == 12500


@pytest.mark.parametrize("form", ["zip", "deflated zip", "tar", "tar.gz", "folder"])
def test_pictures_come_out_of_any_archive(tmp_path, target, form):
    files = {"x/Cat/1.jpg": PICTURE, "x/Dog/10.jpg": PICTURE + b"1", "x/note.txt": b"hello"}
    if form == "folder":
        place = tmp_path / "x"
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    else:
        content = {
            "zip": lambda: make_zip(files),
            "deflated zip": lambda: make_zip(files, zipfile.ZIP_DEFLATED),
            "tar": lambda: gzip.decompress(make_tar(files)),
            "tar.gz": lambda: make_tar(files),
        }[form]()
        place = put(tmp_path, content)
    digests = unpack_pictures(place, target)
    assert digests == {
        "train/cat/cat.1.jpg": digest(PICTURE),
        "test/dog/dog.10.jpg": digest(PICTURE + b"1"),
    }
    for name, expected in digests.items():
        assert digest((target / name).read_bytes()) == expected


def make_link(name, kind, to="/etc/passwd"):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, to
    return member


def make_zip_link(name):
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


ESCAPES = [
    "../Cat/1.jpg",
    "a/../../Cat/1.jpg",
    "/tmp/Cat/1.jpg",
    "..\\Cat\\1.jpg",
    "C:\\Cat\\1.jpg",
]
HARMFUL_TARS = {
    **{f"path {name}": ({name: PICTURE}, ()) for name in ESCAPES},
    "symbolic link": ({}, [make_link("Cat/1.jpg", tarfile.SYMTYPE)]),
    "hard link": ({}, [make_link("Cat/1.jpg", tarfile.LNKTYPE)]),
    "link to a folder": (
        {"x/Cat/1.jpg": PICTURE},
        [make_link("x", tarfile.SYMTYPE, "/tmp")],
    ),
    "device": ({}, [make_link("Cat/1.jpg", tarfile.CHRTYPE)]),
    "block device": ({}, [make_link("Cat/1.jpg", tarfile.BLKTYPE)]),
    "pipe": ({}, [make_link("Cat/1.jpg", tarfile.FIFOTYPE)]),
    "folder that leads out": ({}, [make_link("../x", tarfile.DIRTYPE)]),
    "there twice": ({"Cat/1.jpg": PICTURE, "x/Cat/1.jpg": PICTURE}, ()),
    "twice but for case": ({"train/cat/a.jpg": PICTURE, "train/cat/A.jpg": PICTURE}, ()),
    "a name no system holds": ({"train/cat/a\n.jpg": PICTURE}, ()),
    "a name Windows cannot hold": ({'train/cat/a"b.jpg': PICTURE}, ()),
}


@pytest.mark.parametrize("kind", HARMFUL_TARS)
def test_a_harmful_tar_is_refused_by_the_name_of_the_member(tmp_path, target, kind):
    files, members = HARMFUL_TARS[kind]
    before = list_files(tmp_path)
    place = put(tmp_path, make_tar(files, *members))
    with pytest.raises(DataError, match=r"expected .*, but "):
        unpack_pictures(place, target)
    new = set(list_files(tmp_path)) - set(before) - {"archive"}
    assert all(name.startswith("within/target/") for name in new)
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("name", [*ESCAPES, "link"])
def test_a_harmful_zip_is_refused_by_the_name_of_the_member(tmp_path, target, name):
    member = make_zip_link("Cat/1.jpg") if name == "link" else name
    place = put(tmp_path, make_zip({member: b"/etc/passwd" if name == "link" else PICTURE}))
    shown = "Cat/1.jpg: expected a plain file" if name == "link" else "expected a path within"
    with pytest.raises(DataError, match=shown):
        unpack_pictures(place, target)
    assert list_files(target) == []


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
def test_a_bomb_stops_at_the_limit(tmp_path, target, form):
    files = {"Cat/1.jpg": bytes(40_000_000)}
    pack = {"zip": lambda: make_zip(files, zipfile.ZIP_DEFLATED), "tar.gz": lambda: make_tar(files)}
    place = put(tmp_path, pack[form]())
    assert place.stat().st_size < 1_000_000
    with pytest.raises(DataError, match=r"Cat/1.jpg: expected at most 1,000,000 bytes, unpacked"):
        unpack_pictures(place, target, limit_bytes=1_000_000)
    assert sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) <= 1_000_000


def test_many_small_files_count_together(tmp_path, target):
    files = {f"Cat/{i}.jpg": bytes(300_000) for i in range(10)}
    place = put(tmp_path, make_zip(files, zipfile.ZIP_DEFLATED))
    with pytest.raises(DataError, match=r"expected at most .* bytes, unpacked"):
        unpack_pictures(place, target, limit_bytes=1_000_000)


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path, target):
    content = bytearray(make_zip({"Cat/1.jpg": bytes(5_000_000)}, zipfile.ZIP_DEFLATED))
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.find(magic) + offset, 100)
    with pytest.raises(DataError):
        unpack_pictures(put(tmp_path, content), target)


def test_a_header_without_end_is_not_read_into_memory(tmp_path, target):
    member = tarfile.TarInfo("x" * 90)
    member.type, member.size = tarfile.XHDTYPE, 3_000_000_000
    place = put(tmp_path, gzip.compress(member.tobuf(tarfile.USTAR_FORMAT) + bytes(5_000_000)))
    with pytest.raises(DataError, match="a header of 3,000,000,000 bytes"):
        unpack_pictures(place, target)


@pytest.mark.parametrize("form", ["zip", "tar.gz", "tar"])
def test_an_archive_cut_short_is_refused(tmp_path, target, form):
    files = {f"Cat/{i}.jpg": PICTURE * 30 for i in range(9)}
    whole = {
        "zip": lambda: make_zip(files),
        "tar.gz": lambda: make_tar(files),
        "tar": lambda: gzip.decompress(make_tar(files)),
    }[form]()
    for share in (0, 0.01, 0.5, 0.9):
        place = put(tmp_path, whole[: int(len(whole) * share)], f"{share}.{form}")
        with pytest.raises(DataError, match="expected"):
            unpack_pictures(place, target)
        for path in sorted(target.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()


def test_what_is_no_archive_is_said(tmp_path, target):
    with pytest.raises(DataError, match="expected a folder or an archive, but there is no"):
        unpack_pictures(tmp_path / "nowhere", target)
    with pytest.raises(DataError, match="expected"):
        unpack_pictures(put(tmp_path, b"hello"), target)


@pytest.mark.parametrize("wrong", ["changed", "missing", "no list"])
def test_a_copy_with_a_list_of_digests_names_the_file_that_is_wrong(root, tmp_path, wrong):
    door, expected, files = make_small_pets()
    door.take(put(tmp_path, files["kagglecatsanddogs_5340.zip"], "kagglecatsanddogs_5340.zip"))
    stick = door.path.rename(tmp_path / "stick")
    victim = stick / "train" / "dog" / "dog.666.jpg"
    if wrong == "no list":
        (stick / "SHA256SUMS").write_text("what is this\n")
        name = "SHA256SUMS"
    else:
        name = r"train/dog/dog\.666\.jpg"
        victim.write_bytes(victim.read_bytes()[:-1]) if wrong == "changed" else victim.unlink()
    with pytest.raises(DataError, match=f"{name}: expected"):
        door.take(stick)
    assert not door.path.exists()
    assert {path.name for path in root.iterdir()} <= {".cats_vs_dogs.lock"}
    door.take(Path(tmp_path / "kagglecatsanddogs_5340.zip"))
    assert is_good(door, expected)


def test_a_copy_of_a_verified_folder_is_taken_with_its_split(root, tmp_path):
    door, expected, files = make_small_pets()
    door.take(put(tmp_path, files["kagglecatsanddogs_5340.zip"], "kagglecatsanddogs_5340.zip"))
    stick = door.path.rename(tmp_path / "stick")
    door.take(stick)
    assert is_good(door, expected)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in stick.rglob("*"):
            archive.write(path, path.relative_to(tmp_path))
    door.take(put(tmp_path, buffer.getvalue(), "again.zip"))
    assert is_good(door, expected)
