"""The command itself: help, usage, errors in one line, exit codes; and the small commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from small_books import run_labs
from typer.main import get_command

from labhelpers.commands.cli import app, main
from labhelpers.commands.doctor import examine_data, find_backends
from labhelpers.commands.old_words import NEW_WORDS

GROUPS = {
    "Student": ["start", "doctor", "speed", "sweep", "data"],
    "Teacher": ["class"],
    "Author": ["book"],
}


def list_commands(group, *names):
    """The words of every command, and of every group of them."""
    yield from [names] if names else []
    for name in group.list_commands(None) if hasattr(group, "list_commands") else ():
        yield from list_commands(group.get_command(None, name), *names, name)


COMMANDS = list(list_commands(get_command(app)))


def test_help_lists_each_command_under_who_types_it_in_a_full_sentence(tmp_path):
    done = run_labs("--help", cwd=tmp_path)
    assert done.returncode == 0
    parts = re.split(r"(?m)^(\w+):\n", done.stdout)
    listed = dict(zip(parts[1::2], parts[2::2], strict=True))
    for group, names in GROUPS.items():
        lines = dict(line.split(maxsplit=1) for line in listed[group].splitlines() if line)
        assert list(lines) == names
        assert all(text.endswith(".") and not text.endswith("..") for text in lines.values())
    assert run_labs(cwd=tmp_path).stdout == done.stdout


def test_the_module_is_the_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "labhelpers", "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == run_labs("--help", cwd=tmp_path).stdout


def test_help_loads_no_authors_tools(tmp_path):
    code = (
        "import sys\nfrom labhelpers.commands.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print({'keras', 'jupytext', 'nbclient', 'sphinx', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "set()"


@pytest.fixture
def labs(monkeypatch, capsys):
    """Runs the command in this process: for its many refusals, which need no other."""

    def run(*arguments, cwd):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr("sys.argv", ["labs", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        told = capsys.readouterr()
        return caught.value.code, told.out, told.err

    return run


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_anywhere(tmp_path, labs, command):
    code, out, err = labs(*command, "--help", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: labs {' '.join(command)} ")


@pytest.mark.parametrize(("old", "new"), NEW_WORDS.items())
def test_an_old_word_still_answers_and_says_the_new_one(tmp_path, labs, old, new):
    # Alone, `labs book` built the pages; with anything after it, it is the group of today.
    asked = [] if old == "book" else ["--help"]
    today = labs(*new.split(), *asked, cwd=tmp_path)
    code, out, err = labs(*old.split(), *asked, cwd=tmp_path)
    hint, *rest = err.splitlines(keepends=True)
    assert (code, out, "".join(rest)) == today
    assert hint.startswith(f"labs: `labs {old}` is called `labs {new}` now; ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["book", "sync", "--bogus"], "No such option: --bogus"),
        (["start"], "Missing argument"),
        (["book", "replicate", "--seeds", "0"], "Invalid value for '--seeds'"),
        (["book", "replicate", "--seeds", "many"], "Invalid value for '--seeds'"),
        (["book", "serve", "--port", "70000"], "Invalid value for '--port'"),
        (["book", "run", "--profile", "fast"], "--profile must be full, quick or smoke"),
        (["book", "run", "9"], "there is no chapter '9'; there are: 01_first"),
        (["book", "sync", "nothing"], "there is no chapter 'nothing'"),
        (["start", "1", "--again", "../x"], "--again must be the name of a file"),
        (["book", "bench", "bogus"], "there is no benchmark 'bogus'; there are: none"),
    ],
)
def test_bad_usage_is_told_in_one_line(small_book, labs, arguments, told):
    before = small_book.snapshot()
    code, out, err = labs(*arguments, cwd=small_book.root)
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("labs: ")
    assert told in line
    assert small_book.snapshot() == before


@pytest.mark.parametrize("command", ["sync", "run", "replicate", "claims", "stale", "check"])
def test_outside_a_checkout_commands_say_so(tmp_path, labs, command):
    code, out, err = labs("book", command, cwd=tmp_path)
    assert (code, out) == (2, "")
    assert "is not inside a copy of the book's repository" in err
    assert len(err.splitlines()) == 1


def test_the_script_answers_bad_usage_as_the_function_does(tmp_path):
    done = run_labs("bogus", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "labs: No such command 'bogus'. (labs --help says more)\n"


def test_a_file_that_cannot_be_written_is_told_in_one_line(small_book):
    (small_book.checkout.notebooks).write_text("a file where a folder should be")
    done = run_labs("book", "sync", cwd=small_book.root)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert str(small_book.checkout.notebooks) in line


def test_start_copies_a_chapter_without_outputs(copied_book):
    done = run_labs("start", "01", cwd=copied_book.checkout.chapters)
    assert done.returncode == 0
    path = copied_book.root / "my" / "01_first.ipynb"
    told = Path(done.stdout.split(" is yours")[0])
    assert (copied_book.checkout.chapters / told).resolve() == path
    copy = json.loads(path.read_bytes())
    code = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    assert [cell["outputs"] for cell in code] == [[]] * len(code)
    assert {cell["execution_count"] for cell in code} == {None}
    assert "labhelpers" not in copy["metadata"]
    original = copied_book.notebook("01_first")
    assert [c["source"] for c in copy["cells"]] == [c["source"] for c in original["cells"]]


def test_start_never_overwrites_and_offers_another_name(copied_book):
    mine = copied_book.root / "my" / "01_first.ipynb"
    mine.parent.mkdir()
    mine.write_text("my work")
    done = run_labs("start", "1", cwd=copied_book.root)
    assert done.returncode == 1
    assert done.stderr == (
        "labs: my/01_first.ipynb is there already and stays as it is; "
        "labs start 01 --again NAME makes another copy\n"
    )
    assert run_labs("start", "1", "--again", "second", cwd=copied_book.root).returncode == 0
    assert run_labs("start", "1", "--again", "second", cwd=copied_book.root).returncode == 1
    assert mine.read_text() == "my work"
    assert (mine.parent / "second.ipynb").is_file()


def test_serve_shows_the_pages_and_the_books_own_page_for_lost_readers(small_book):
    pages = small_book.root / "_build" / "html"
    pages.mkdir(parents=True)
    (pages / "index.html").write_text("the way in")
    (pages / "404.html").write_text("you are lost")
    process = small_book.start_labs("book", "serve", "--port", "0")
    try:
        address = process.stdout.readline().split()[0]
        assert urllib.request.urlopen(address).read() == b"the way in"
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{address}deep/down/nothing.html")
        assert caught.value.code == 404
        assert caught.value.read() == b"you are lost"

        port = address.rstrip("/").rpartition(":")[2]
        second = small_book.labs("book", "serve", "--port", port)
        assert second.returncode == 1
        assert second.stderr.startswith(f"labs: port {port} cannot be had")
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_check_says_each_thing_in_a_line(small_book):
    small_book.write("02_bad", "# %%\nimport os,sys\n")
    done = small_book.labs("book", "check")
    assert done.returncode == 1
    told = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert told["lint"].startswith("something to correct: python -m ruff check")
    assert "01_first.ipynb: new" in told["notebooks"]
    assert told["stale"].startswith("2 made by other code than now")
    assert told["claims"].startswith("of 1 claims, 1 with too few runs")
    assert done.stderr == "labs: 5 of the checks found something\n"


def test_bench_runs_what_has_a_main(small_book):
    folder = small_book.root / "benchmarks"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "timing.py").write_text("NAME = 'a machine'\n")
    end = "\n\nif __name__ == '__main__':\n    main()\n"
    (folder / "speed.py").write_text(
        f"from benchmarks.timing import NAME\n\ndef main():\n    print('fast on', NAME){end}"
    )
    (folder / "wrong.py").write_text(f"\ndef main():\n    raise SystemExit(3){end}")
    assert "fast on a machine" in small_book.labs("book", "bench", "speed").stdout
    done = small_book.labs("book", "bench")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "labs: the benchmark wrong failed: see above"


def test_test_runs_pytest_in_smoke_and_passes_arguments_on(small_book):
    (small_book.root / "test_small.py").write_text(
        "import os\n\ndef test_profile():\n    assert os.environ['LABHELPERS_PROFILE'] == 'smoke'\n"
        "\ndef test_wrong():\n    assert False\n\ndef test_other():\n    assert False\n"
    )
    done = small_book.labs("book", "test", "-q", "-k", "not other", LABHELPERS_PROFILE="full")
    assert done.returncode == 1
    assert "1 failed, 1 passed, 1 deselected" in done.stdout
    assert done.stderr == "labs: the tests did not pass: see above\n"


def test_doctor_tells_what_is_there_and_what_to_do(tmp_path):
    done = run_labs("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    assert {"Python", "Processor", "Memory", "GPU", "Precision", "Backends"} <= set(told)
    assert {"Data folder", "MNIST", "CIFAR-10", "Cats and dogs"} <= set(told)
    for name, version in find_backends().items():
        assert f"{name} {version}" in told["Backends"]


def test_doctor_finds_data_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path / "not yet" / "there"))
    found, advice = examine_data()
    assert advice[0].startswith("What is missing is downloaded when a chapter first asks")
    assert dict(found)["MNIST"] == "missing: labs data get mnist (67 MB)"
    (tmp_path / "mnist.npz").write_bytes(b"")
    monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path))
    found, _ = examine_data()
    assert dict(found)["MNIST"] == f"there: {tmp_path / 'mnist.npz'}"
    assert dict(found)["CIFAR-10"].startswith("missing: labs data get cifar10")


def test_without_a_package_that_a_command_needs_it_says_how_to_install_it(small_book, tmp_path):
    # A package that cannot be imported hides the one that is installed.
    (tmp_path / "hiding").mkdir()
    (tmp_path / "hiding" / "jupytext.py").write_text(
        "raise ModuleNotFoundError('No module named jupytext', name='jupytext')"
    )
    done = small_book.labs("book", "sync", PYTHONPATH=str(tmp_path / "hiding"))
    assert done.returncode == 1
    assert done.stderr == (
        "labs: jupytext is not installed: pip install -e '.[tensorflow,book,test]'\n"
    )
