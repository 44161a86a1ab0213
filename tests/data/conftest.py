"""What the tests of the data doors share."""

import pytest
from fault_server import running

VARIABLES = ("LABHELPERS_STANDIN", "LABHELPERS_PROFILE", "LABHELPERS_MIRROR")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty data folder, no stand-ins, no mirror, no proxy to this machine."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    folder = tmp_path / "data"
    monkeypatch.setenv("LABHELPERS_DATA", str(folder))
    return folder


@pytest.fixture
def system_temp(tmp_path, monkeypatch):
    """A folder for temporary files that all users may write, as the system's is."""
    folder = tmp_path / "temp"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def server():
    """A server on this machine that can go wrong."""
    with running() as server:
        yield server
