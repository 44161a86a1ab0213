"""labs data ..., and labs class serve: what they print, and with what they end."""

import signal
import time
from pathlib import Path

import pytest
from fault_server import running, stall
from small_books import run_labs, start_labs
from small_sets import make_small_pets, write_files


def labs(*arguments, **variables):
    group = "class" if arguments[:1] == ("serve",) else "data"
    return run_labs(group, *map(str, arguments), cwd=Path.cwd(), COLUMNS="200", **variables)


@pytest.fixture
def pets(root, tmp_path):
    """A folder of cats and dogs on a stick."""
    _, expected, _ = make_small_pets()
    write_files(tmp_path / "my stick", expected)
    return tmp_path / "my stick"


def test_where_prints_the_folder_alone(root):
    out = labs("where")
    assert (out.returncode, out.stdout, out.stderr) == (0, f"{root}\n", "")


def test_status_says_what_is_missing_and_how_to_get_it(root):
    out = labs("status")
    assert out.returncode == 0
    for name in ("mnist", "cifar10", "cats_vs_dogs"):
        assert f"missing: labs data get {name}" in out.stdout
    assert str(root) in out.stdout
    assert not root.exists()


def test_status_says_that_the_mirror_is_no_address_and_goes_on(root):
    out = labs("status", LABHELPERS_MIRROR="192.168.0.7")
    assert out.returncode == 0
    assert "wrong: LABHELPERS_MIRROR: expected an address like http" in out.stdout
    assert "missing: labs data get cats_vs_dogs" in out.stdout


@pytest.mark.parametrize("command", [("status",), ("verify",), ("get", "all"), ("serve",)])
def test_a_file_where_the_data_folder_should_be_is_said_in_one_line(root, command):
    root.write_text("not a folder")
    out = labs(*command)
    assert out.returncode == 1
    assert out.stderr.startswith(f"labs: {root}: expected a folder, or none yet")
    assert len(out.stderr.splitlines()) == 1


def test_one_set_that_is_not_on_the_stick_does_not_keep_the_others_back(root, pets):
    out = labs("get", "all", "--from", pets)
    assert out.returncode == 1
    assert "cats_vs_dogs: 10 pictures" in out.stdout
    mnist, cifar = out.stderr.splitlines()
    assert "expected mnist.npz or the files of the official download" in mnist
    assert "expected cifar10.npz or the files of the official download" in cifar


def test_a_stick_is_taken_verified_and_shown(root, pets):
    out = labs("get", "cats_vs_dogs", "--from", pets)
    assert out.returncode == 0, out.stderr
    assert "10 pictures: own files" in out.stdout
    assert "there, 10 pictures" in labs("status").stdout
    out = labs("verify")
    assert out.returncode == 0
    assert "mnist: not there" in out.stdout
    assert "cats_vs_dogs: 10 pictures" in out.stdout


@pytest.mark.parametrize("names", [(), ("cats_vs_dogs",), ("all",)])
def test_verify_names_the_file_that_is_wrong_in_one_line(root, pets, names):
    labs("get", "cats_vs_dogs", "--from", pets)
    (root / "cats_vs_dogs" / "test" / "dog" / "dog.10.jpg").write_bytes(b"x")
    out = labs("verify", *names)
    assert out.returncode == 1
    last = out.stderr.splitlines()[-1]
    assert last.startswith("labs: ")
    assert "dog.10.jpg: expected the picture that is listed" in last
    assert "Traceback" not in out.stderr


def test_a_named_set_that_is_missing_is_wrong(root):
    out = labs("verify", "mnist")
    assert out.returncode == 1
    assert "mnist.npz: expected a copy of MNIST, but there is no such file or folder" in out.stderr


@pytest.mark.parametrize("arguments", [("get",), ("get", "cifar"), ("verify", "x"), ("serve", "x")])
def test_bad_usage_ends_with_2_and_says_what_is_right(root, arguments):
    out = labs(*arguments)
    assert out.returncode == 2
    assert len(out.stderr.splitlines()) == 1
    assert "cats_vs_dogs" in out.stderr


def test_a_download_that_fails_is_one_line(root):
    with running() as server:
        out = labs(
            "get",
            "mnist",
            LABHELPERS_MIRROR=server.address,
            http_proxy="http://127.0.0.1:9",
            https_proxy="http://127.0.0.1:9",
            no_proxy="127.0.0.1",
        )
    assert out.returncode == 1
    last = out.stderr.splitlines()[-1]
    assert last.startswith("labs: train-images-idx3-ubyte.gz: expected 9,912,422 bytes")
    assert "storage.googleapis.com" in last
    assert "ossci-datasets.s3.amazonaws.com" in last


def test_a_download_that_is_stopped_says_that_it_goes_on(root):
    with running() as server:
        server.put("mnist.npz", bytes(3_000_000), stall(2_000_000))
        process = start_labs(
            "data", "get", "mnist", cwd=root.parent, LABHELPERS_MIRROR=server.address
        )
        part = root / "downloads" / "mnist" / "mirror" / "mnist.npz.part"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (part.exists() and part.stat().st_size):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 1
    assert said.splitlines()[-1] == "labs: stopped; the same command goes on from here"
    assert part.stat().st_size > 0


def test_nothing_to_serve_is_said(root):
    out = labs("serve")
    assert out.returncode == 1
    assert "there is nothing to serve" in out.stderr


def test_a_missing_set_and_an_unknown_host_are_said(root, pets):
    out = labs("serve", "mnist")
    assert out.returncode == 1
    assert "mnist.npz: expected a copy of MNIST, but there is no such file or folder" in out.stderr
    labs("get", "cats_vs_dogs", "--from", pets)
    out = labs("serve", "--host", "no-such-host.invalid")
    assert out.returncode == 1
    assert "cannot listen on no-such-host.invalid" in out.stderr
    assert "try --host 0.0.0.0" in out.stderr


def test_a_port_that_is_taken_is_said(root, pets):
    labs("get", "cats_vs_dogs", "--from", pets)
    with running() as other:
        out = labs("serve", "--port", other.server_address[1])
    assert out.returncode == 1
    assert "cannot listen on 127.0.0.1" in out.stderr


@pytest.mark.parametrize(
    "command", [(), ("get",), ("verify",), ("status",), ("where",), ("serve",)]
)
def test_every_command_explains_itself(command):
    out = labs(*command, "--help")
    assert out.returncode == 0
    assert "Usage:" in out.stdout
