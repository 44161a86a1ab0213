"""A teacher's machine serves a class: verified data, known files, and nothing else."""

import concurrent.futures
import contextlib
import hashlib
import http.client
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import time

import numpy as np
import pytest
from small_sets import is_good, make_small_cifar, make_small_mnist, make_small_pets, write_files

from labhelpers.classroom.serving import DataServer, prepare
from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.downloader import Patience, download

HASTE = Patience(stall_s=5, tries=4, wait_s=0.05)
MAKERS = {"mnist": make_small_mnist, "cifar10": make_small_cifar, "cats_vs_dogs": make_small_pets}
DEAD = "http://127.0.0.1:9/"


@contextlib.contextmanager
def serving(files):
    with DataServer(files, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


@pytest.fixture(params=MAKERS)
def taught(request, root, tmp_path):
    """A door whose set lies in the data folder, and what it holds."""
    door, expected, files = MAKERS[request.param](DEAD)[:3]
    write_files(tmp_path / "stick", files)
    stick = tmp_path / "stick"
    door.take(next(stick.iterdir()) if request.param == "cats_vs_dogs" else stick)
    return door, expected


def ask(server, path, method="GET", headers=()):
    connection = http.client.HTTPConnection(*server.server_address, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=False)
        for key, value in dict(headers).items():
            connection.putheader(key, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()


def test_a_class_gets_what_the_teacher_has(taught, tmp_path, monkeypatch):
    door, expected = taught
    with serving([prepare(door)]) as server:
        for student in ("one", "two"):
            monkeypatch.setenv("LABHELPERS_DATA", str(tmp_path / student))
            monkeypatch.setenv("LABHELPERS_MIRROR", server.address)
            door.fetch(patience=HASTE, show_progress=False)
            assert is_good(door, expected)


def test_forty_students_at_once(taught, tmp_path):
    door, _ = taught
    file = prepare(door)
    whole = b"".join(file.read(0, file.size))
    with serving([file]) as server, concurrent.futures.ThreadPoolExecutor(40) as pool:
        url = f"{server.address}/{file.name}"

        def get(number):
            path = tmp_path / f"student {number}"
            download(url, path, patience=HASTE, show_progress=False)
            return path.read_bytes() == whole

        assert all(pool.map(get, range(40)))


def test_any_part_can_be_asked_for(taught):
    door, _ = taught
    file = prepare(door)
    random = np.random.RandomState(0)
    with serving([file]) as server:
        status, headers, whole = ask(server, f"/{file.name}")
        assert (status, len(whole)) == (200, file.size)
        for start in [0, 1, 511, 512, file.size - 1, *random.randint(0, file.size, 20)]:
            end = int(random.randint(start, file.size))
            for form, stop in ((f"bytes={start}-", file.size), (f"bytes={start}-{end}", end + 1)):
                status, headers, part = ask(server, f"/{file.name}", headers={"Range": form})
                assert status == 206
                assert headers["Content-Range"] == f"bytes {start}-{stop - 1}/{file.size}"
                assert part == whole[start:stop]
        condition = {"Range": "bytes=5-", "If-Range": headers["ETag"]}
        assert ask(server, f"/{file.name}", headers=condition)[0] == 206
        condition["If-Range"] = '"another"'
        assert ask(server, f"/{file.name}", headers=condition)[2] == whole
        too_far = {"Range": f"bytes={file.size}-"}
        assert ask(server, f"/{file.name}", headers=too_far)[0] == 416
        status, headers, body = ask(server, f"/{file.name}", "HEAD")
        assert (status, headers["Content-Length"], body) == (200, str(file.size), b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/.",
        "/..",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..\\secret.txt",
        "/secret.txt",
        "/.mnist.lock",
        "/mnist.npz/",
        "/mnist.npz/../secret.txt",
        "/./mnist.npz",
        "/mnist.npz?x=1",
        "/mnist.npz%00",
        "/MNIST.NPZ",
        "/etc/passwd",
        "//etc/passwd",
        "http://127.0.0.1/mnist.npz",
        "*",
        "/" + "a" * 5000,
    ],
)
def test_nothing_else_is_served_or_listed(root, tmp_path, path):
    door, _, files = make_small_mnist()
    write_files(tmp_path / "stick", files)
    door.take(tmp_path / "stick")
    (root / "secret.txt").write_text("secret")
    (root.parent / "secret.txt").write_text("secret")
    with serving([prepare(door)]) as server:
        status, _, body = ask(server, path)
        assert (status, body) == (404, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_nothing_can_be_changed(taught, method):
    file = prepare(taught[0])
    with serving([file]) as server:
        status, _, _ = ask(server, f"/{file.name}", method)
        assert status in (404, 405, 501)


def test_it_listens_to_this_machine_alone_unless_told(taught):
    with serving([prepare(taught[0])]) as server:
        assert server.server_address[0] == "127.0.0.1"
        assert server.address.startswith("http://127.0.0.1:")
    with DataServer([], host="0.0.0.0", port=0) as server:
        assert server.server_address[0] == "0.0.0.0"
        assert re.match(r"^http://[^/]+:\d+$", server.address)
        assert "0.0.0.0" not in server.address


def test_wrong_data_are_not_served(taught):
    door, _ = taught
    victim = door.path
    if victim.is_dir():
        victim = next(victim.glob("test/dog/*"))
    content = bytearray(victim.read_bytes())
    content[-200] ^= 1
    victim.write_bytes(content)
    with pytest.raises(DataError, match=re.escape(victim.name)):
        prepare(door)


def test_a_file_that_changes_later_is_not_served_on(taught, tmp_path, capfd):
    door, _ = taught
    file = prepare(door)
    victim = door.path
    if victim.is_dir():
        victim = next(victim.glob("test/dog/*"))
    victim.write_bytes(bytes(victim.stat().st_size))
    with serving([file]) as server:
        with contextlib.suppress(http.client.IncompleteRead):
            _, headers, body = ask(server, f"/{file.name}")
            assert len(body) < int(headers["Content-Length"])
        time.sleep(0.1)
    assert f"{victim} has changed since it was verified" in capfd.readouterr().err


def test_the_archive_of_pictures_is_one_that_any_tar_reads(root, tmp_path):
    door, expected, files = make_small_pets()
    write_files(tmp_path / "stick", files)
    door.take(tmp_path / "stick" / "kagglecatsanddogs_5340.zip")
    file = prepare(door)
    content = b"".join(file.read(0, file.size))
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        found = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}
    sums = found.pop("cats_vs_dogs/SHA256SUMS").decode()
    assert found == {f"cats_vs_dogs/{name}": content for name, content in expected.items()}
    for name, content in expected.items():
        assert f"{hashlib.sha256(content).hexdigest()}  {name}" in sums
    assert prepare(door).version == file.version
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
        assert subprocess.run(check, cwd=door.path, capture_output=True).returncode == 0


def test_a_client_that_reads_nothing_holds_up_nobody(taught):
    file = prepare(taught[0])
    with serving([file]) as server:
        idle = [socket.create_connection(server.server_address) for _ in range(20)]
        for connection in idle:
            connection.sendall(f"GET /{file.name} HTTP/1.1\r\n".encode())
        assert ask(server, f"/{file.name}")[0] == 200
        for connection in idle:
            connection.close()


LABS = [sys.executable, "-m", "labhelpers"]


def test_the_command_serves_and_another_one_gets(root, tmp_path):
    door, expected, files = make_small_pets()
    write_files(tmp_path / "stick", files)
    door.take(tmp_path / "stick" / "kagglecatsanddogs_5340.zip")
    teacher = subprocess.Popen(
        [*LABS, "class", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        address = None
        for line in teacher.stdout:
            if match := re.search(r"LABHELPERS_MIRROR=(\S+)", line):
                address = match[1]
                break
        assert address.startswith("http://127.0.0.1:")
        student = tmp_path / "student"
        out = subprocess.run(
            [*LABS, "data", "get", "cats_vs_dogs"],
            env=os.environ | {"LABHELPERS_MIRROR": address, "LABHELPERS_DATA": str(student)},
            capture_output=True,
            text=True,
        )
        assert out.returncode == 0, out.stderr
        assert "10 pictures: own files" in out.stdout
        for name, content in expected.items():
            assert (student / "cats_vs_dogs" / name).read_bytes() == content
    finally:
        teacher.terminate()
        teacher.communicate(timeout=20)
