"""Clearing what is old by running it as it was and as it is, in smoke."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from verified_books import CHAPTER, MODEL, VerifiedBook, copy_book, make_verified_book

from labhelpers.authoring.trust.full_row import find_bounds
from labhelpers.authoring.trust.origin import check_room
from labhelpers.lesson.book_error import BookError

NOISE = "labhelpers/data/noise.py"
DRAW = "noise = stream.draw_normals(flat[part].size).astype(np.float32)"


@pytest.fixture(scope="module")
def whole_book(tmp_path_factory) -> VerifiedBook:
    """A book that was executed and committed. Not to be changed."""
    return make_verified_book(tmp_path_factory.mktemp("verified") / "book", c01_first=CHAPTER)


@pytest.fixture(scope="module")
def whole_model_book(tmp_path_factory) -> VerifiedBook:
    """The same of a chapter with a model of Keras."""
    return make_verified_book(tmp_path_factory.mktemp("modelled") / "book", c02_second=MODEL)


@pytest.fixture
def book(whole_book, tmp_path) -> VerifiedBook:
    return copy_book(whole_book, tmp_path / "book")


@pytest.fixture
def model_book(whole_model_book, tmp_path) -> VerifiedBook:
    return copy_book(whole_model_book, tmp_path / "book")


def refuse(book, *arguments, **variables):
    """Runs verify, sees that it writes nothing, and returns what it says."""
    before = book.snapshot()
    done = book.labs("book", "verify", *arguments, **variables)
    assert book.snapshot() == before
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_a_sound_refactor_is_cleared_with_outputs_and_rows(book):
    commit = book.git("rev-parse", "HEAD")
    outputs = [cell.get("outputs") for cell in book.notebook("01_first")["cells"]]
    # A function moves to a file of its own, a loop is written otherwise, a cell is split.
    text = (book.root / NOISE).read_text(encoding="utf-8")
    (book.root / "labhelpers/data/drawn_noise.py").write_text(text, encoding="utf-8")
    book.edit("book/chapters/01_first.py", "labhelpers.data.noise", "labhelpers.data.drawn_noise")
    book.edit(
        "book/chapters/01_first.py",
        "start = time",
        'first = 0\n\n# %% tags=["row-A1"]\nstart = time',
    )
    (book.root / NOISE).write_text("from labhelpers.data.drawn_noise import *\n", encoding="utf-8")
    book.edit(
        "labhelpers/data/drawn_noise.py",
        DRAW,
        f"{DRAW.replace('noise =', 'drawn =')}\n        noise = drawn",
    )
    assert book.labs("book", "sync").stdout.startswith("01_first.ipynb: brought in step")
    stale = book.labs("book", "stale").stdout
    assert "labs book verify 1; only if it finds a difference, labs book run 1" in stale
    assert "ledger: A1, seed 0" in stale

    done = book.labs("book", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"01_first: gives the same as at {commit[:10]} (")
    assert book.labs("book", "stale").stdout == "nothing is stale\n"
    assert book.labs("book", "sync", "--check").returncode == 0
    carried = [cell.get("outputs") for cell in book.notebook("01_first")["cells"]]
    assert [out for out in carried if out] == [out for out in outputs if out]
    assert book.notebook("01_first")["metadata"]["labhelpers"]["verified"] == commit
    assert {entry.verified for entry in book.ledger()} == {commit}
    # And from there on: the next refactor is set beside this one.
    newer = book.commit()
    book.edit("labhelpers/data/drawn_noise.py", "noise = drawn", "noise = +drawn")
    done = book.labs("book", "verify")
    assert done.stdout.startswith(f"01_first: gives the same as at {newer[:10]} ("), done.stdout


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (NOISE, "np.rint(noise)", "np.floor(noise)", r"A1 test_score: 0\.\d+ before, 0\.\d+ now"),
        (NOISE, '"gaussian noise"', '"other noise"', r"A1 test_score: 0\.\d+ before, 0\.\d+ now"),
        (
            "book/chapters/01_first.py",
            "The brightest",
            "A bright",
            r'code cell 5: "The brightest pixel is \d+\." before, "A bright pixel is \d+\." now',
        ),
    ],
)
def test_what_moves_is_named_and_nothing_is_written(book, path, old, new, told):
    book.edit(path, old, new)
    said = refuse(book)
    assert re.search(told, said), said
    assert "so a full run is owed (labs book run 1)" in said
    assert "1 of 1 not cleared: nothing was written for these" in said
    assert "seconds" not in said


def test_another_initialiser_is_named(model_book):
    model_book.edit("labhelpers/models/layers.py", "GlorotUniform", "HeNormal")
    said = refuse(model_book)
    assert re.search(r"B1 weight: 0\.\d+ before, 0\.\d+ now", said), said


def test_where_models_changed_a_row_is_measured_in_full(model_book):
    path = "labhelpers/models/shape_networks.py"
    model_book.edit(path, "\nimport keras\n", "\nimport os\n\nimport keras\n")
    done = model_book.labs("book", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "so B1 was measured in full: B1 weight 0." in done.stdout
    model_book.commit()
    # What full does and smoke does not.
    full = 'if os.environ["LABHELPERS_PROFILE"] == "full":\n    keras.initializers.GlorotUniform'
    model_book.edit(
        path, "\nimport keras\n", f"\nimport keras\n\n{full} = keras.initializers.HeNormal\n"
    )
    said = refuse(model_book)
    assert re.search(r"B1 weight in full: 0\.\d+ to 0\.\d+ before, 0\.\d+ now", said), said


def test_the_bounds_of_the_next_run():
    low, high = find_bounds([1.0, 2.0, 3.0])
    assert (low + high) / 2 == pytest.approx(2.0)
    assert high - 2.0 == pytest.approx(9.925 * (4 / 3) ** 0.5, rel=1e-3)  # t of 2 degrees, 99 %
    assert find_bounds([0.5, 0.5, 0.5]) == pytest.approx((0.4995, 0.5005))
    assert find_bounds([100.0]) == pytest.approx((98.0, 102.0))
    assert find_bounds([]) == (-float("inf"), float("inf"))


def edit_about(book, **changes):
    path = book.checkout.notebooks / "01_first.ipynb"
    notebook = json.loads(path.read_bytes())
    notebook["metadata"]["labhelpers"] |= changes
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_other_versions_are_set_beside_what_smoke_gave_with_theirs(book):
    assert book.labs("book", "verify", "1").returncode == 0
    smoke = book.notebook("01_first")["metadata"]["labhelpers"]["smoke"]
    older = {"NumPy": "1.0.0"}
    edit_about(book, versions={"numpy": "1.0.0"}, smoke=smoke | {"versions": [older]})
    assert (
        "labs book verify 1 tells whether smoke still agrees" in book.labs("book", "stale").stdout
    )
    done = book.labs("book", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the outputs were made on " in done.stdout
    assert "NumPy 1.0.0; both runs compared are of this machine" in done.stdout
    known = book.notebook("01_first")["metadata"]["labhelpers"]["smoke"]["versions"]
    assert [older, *smoke["versions"]] == known
    # What the older version gave and this one does not is named.
    moved = {"values": {"A1 test_score": 0.1}, "versions": [older]}
    edit_about(book, smoke=smoke | moved)
    said = refuse(book, "1")
    assert "A1 test_score in smoke, with NumPy 1.0.0 before: 0.1 before, 0." in said


def test_a_shallow_clone_says_how_to_deepen_it(whole_book, tmp_path):
    book = copy_book(whole_book, tmp_path / "source")
    book.edit(NOISE, "np.rint", "np.round")
    book.commit()
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{book.root}", str(clone)], check=True
    )
    shallow = VerifiedBook.__new__(VerifiedBook)
    shallow.root, shallow.checkout = clone, type(book.checkout)(clone)
    assert "run git fetch --unshallow, then labs book verify again" in refuse(shallow)
    shallow.git("fetch", "-q", "--unshallow")
    assert shallow.labs("book", "verify").returncode == 0


def test_outputs_that_are_in_no_commit_say_so(book):
    book.edit("book/chapters/01_first.py", "The brightest", "The very brightest")
    assert book.labs("book", "sync").returncode == book.labs("book", "run").returncode == 0
    book.edit(NOISE, "np.rint", "np.round")
    assert "its outputs are in no commit yet" in refuse(book)


def test_outputs_that_were_changed_by_hand_are_not_taken(book):
    book.edit(NOISE, "np.rint", "np.round")
    path = book.checkout.notebooks / "01_first.ipynb"
    notebook = book.notebook("01_first")
    (told,) = (c for c in notebook["cells"] if "".join(c["source"]).startswith("say("))
    told["outputs"][0]["data"]["text/markdown"] = ["The brightest pixel is 200."]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert "the output of code cell 5 is not the one that the run left" in refuse(book)
    for cell in notebook["cells"]:
        cell |= {"outputs": []} if "outputs" in cell else {}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert "take the notebook as git has it" in refuse(book)


def test_a_second_change_is_verified_before_the_first_is_committed(book):
    commit = book.git("rev-parse", "HEAD")
    for old, new in (("np.rint", "np.round"), ("np.round", "np.around")):
        book.edit(NOISE, old, new)
        done = book.labs("book", "verify")
        assert done.stdout.startswith(f"01_first: gives the same as at {commit[:10]} ("), (
            done.stdout + done.stderr
        )
        assert book.labs("book", "stale").stdout == "nothing is stale\n"
    book.edit(NOISE, "np.around(noise)", "np.floor(noise)")
    assert re.search(r"A1 test_score: 0\.\d+ before, 0\.\d+ now", refuse(book))


def test_code_that_was_lost_before_its_outputs_were_committed_says_so(book):
    book.edit(NOISE, "np.rint", "np.floor")
    assert book.labs("book", "run").returncode == 0
    book.edit(NOISE, "np.floor", "np.ceil")
    book.commit()
    assert "no commit holds the code that made its outputs" in refuse(book)


def test_without_git_or_a_clone_it_says_what_is_missing(book, tmp_path):
    book.edit(NOISE, "np.rint", "np.round")
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in ("python", "python3", Path(sys.executable).name):
        if not (bare / name).exists():
            (bare / name).symlink_to(sys.executable)
    assert "git is not installed" in refuse(book, PATH=str(bare))
    shutil.rmtree(book.root / ".git")
    said = refuse(book, GIT_CEILING_DIRECTORIES=str(book.root.parent))
    assert "not a git repository" in said
    assert "clone the book's repository, or run labs book run" in said


def test_a_chapter_without_outputs_says_so(book):
    book.write("02_second", CHAPTER.replace("01_first", "02_second").replace("A1", "A2"))
    assert "there are no outputs of a full run to verify: run labs book run 2" in refuse(book, "2")


def test_a_cell_that_fails_is_named(book):
    book.edit("book/chapters/01_first.py", "start = time", "1 / 0\nstart = time")
    assert "01_first, now: code cell 3 of" in refuse(book)


def test_too_little_room_on_the_disk_says_how_much(tmp_path):
    with pytest.raises(BookError, match=r"MB free and 1,000,000,000,000 MB are needed"):
        check_room(tmp_path, 10**18)
    check_room(tmp_path, 1)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_kill_in_the_middle_writes_nothing(book, tmp_path, number):
    here = tmp_path / "running"
    book.edit(
        "book/chapters/01_first.py",
        "start = time",
        f"import os, pathlib\npathlib.Path({str(here)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(300)\nstart = time",
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = book.snapshot()
    process = book.start_labs("book", "verify", TMPDIR=str(scratch))
    end = time.monotonic() + 60
    while not here.exists() and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert book.snapshot() == before
    assert book.git("status", "--porcelain", "--ignored").splitlines()
    assert not [path for path in book.root.rglob("labs-verify-*")]
    if number != signal.SIGKILL:
        assert process.returncode == 130, err
        assert err.splitlines()[-1].startswith("labs: stopped")
        assert "Traceback" not in err
        assert not list(scratch.glob("labs-verify-*"))
    assert out == ""
