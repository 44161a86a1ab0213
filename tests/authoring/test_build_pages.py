"""`labs book build`: a warning stops it, each time, and what was built can be opened."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit


def test_a_warning_fails_the_build_each_time_until_it_is_mended(small_book):
    root = small_book.root
    (root / "_config.yml").write_text("title: Small\nonly_build_toc_files: true\n")
    (root / "_toc.yml").write_text("format: jb-book\nroot: start\nchapters:\n- file: other\n")
    (root / "start.md").write_text("# Start\n\nSee [](nowhere.md).\n")
    (root / "other.md").write_text("# Other\n")
    for _ in range(2):  # the second time, the builder alone would find nothing new to read
        broken = small_book.labs("book", "build")
        assert broken.returncode == 1
        assert "nowhere" in broken.stdout + broken.stderr
        last = broken.stderr.splitlines()[-1]
        assert last == "labs: the pages were not built: see the warnings above"

    (root / "start.md").write_text("# Start\n\nSee [](other.md).\n")
    mended = small_book.labs("book", "build")
    assert mended.returncode == 0, mended.stderr
    told = mended.stdout.splitlines()[-1]
    address = urlsplit(told.split("Open ")[1].split(", or")[0])
    assert address.scheme == "file"
    assert Path(unquote(address.path)).is_file()
    assert told.startswith(f"The pages are in {Path('_build', 'html')}.")
