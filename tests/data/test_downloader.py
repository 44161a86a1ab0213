"""download(): one address, one file, every way in which a server goes wrong."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from email.utils import formatdate
from pathlib import Path

import pytest
from fault_server import (
    answer,
    change_midway,
    die,
    ignore_ranges,
    running,
    send_endless,
    stall,
    stall_before_answer,
    swap_unasked,
    talk_nonsense,
    trickle,
    truncate,
    truncate_without_ranges,
)

from labhelpers.data.fetch.downloader import Patience, download
from labhelpers.data.fetch.network_faults import PlaceError

CONTENT = bytes(range(256)) * 3000
OTHER = bytes(reversed(CONTENT))
HASTE = Patience(stall_s=0.4, slowest_bytes_per_s=1000, tries=3, wait_s=0.01)


@pytest.fixture(autouse=True)
def go_straight(monkeypatch):
    """No proxy between this machine and itself."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")


@pytest.fixture
def server():
    with running() as server:
        yield server


@pytest.fixture
def target(tmp_path):
    return tmp_path / "a.bin"


def get(url, target, **options):
    download(url, target, patience=HASTE, show_progress=False, **options)


def left_overs(target):
    return sorted(path.name for path in target.parent.iterdir() if path != target)


def test_a_file_comes_whole_and_leaves_nothing_else(server, target):
    get(server.put("a.bin", CONTENT), target, size_bytes=len(CONTENT))
    assert target.read_bytes() == CONTENT
    assert left_overs(target) == []


@pytest.mark.parametrize(
    "fault",
    [
        truncate(300_000),
        truncate(0),
        die(300_000),
        die(0),
        stall(300_000),
        stall_before_answer,
        trickle,
        talk_nonsense,
        answer(500),
        answer(502),
        answer(503),
        answer(429),
        answer(408),
    ],
    ids=lambda fault: fault.__qualname__.split(".")[0],
)
def test_a_fault_that_passes_ends_in_good_data(server, target, fault):
    url = server.put("a.bin", CONTENT, fault)
    get(url, target, size_bytes=len(CONTENT))
    assert target.read_bytes() == CONTENT
    assert server.count("a.bin") == 2
    assert left_overs(target) == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (answer(403), "answered 403"),
        (answer(404), "answered 404"),
        (answer(410), "answered 410"),
        (answer(206, b"x", Content_Range="bytes 0-0/1"), "answered 206"),
        (answer(200, b"<p>log in</p>", Content_Type="text/html"), r"text/html \(a login page\?\)"),
        (answer(200, b"short"), "another file, 5 bytes"),
        (send_endless, "more than the 768,000 bytes"),
    ],
    ids=["403", "404", "410", "206 unasked", "login page", "wrong size", "endless"],
)
def test_a_fault_that_stays_is_said_at_once(server, target, fault, reason):
    url = server.put("a.bin", CONTENT, fault)
    with pytest.raises(PlaceError, match=reason):
        get(url, target, size_bytes=len(CONTENT))
    assert server.count("a.bin") == 1
    assert not target.exists()
    get(url, target, size_bytes=len(CONTENT))
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (truncate(9), "stopped after 27 of 768,000 bytes"),
        (stall(9), "was silent for 0.4 s"),
        (die(9), "broke off|stopped after"),
        (answer(500), "answered 500"),
        (talk_nonsense, "no HTTP answer"),
    ],
    ids=["truncates", "stalls", "dies", "500", "nonsense"],
)
def test_a_fault_that_never_passes_ends_after_the_tries(server, target, fault, reason):
    url = server.put("a.bin", CONTENT, fault, fault, fault)
    with pytest.raises(PlaceError, match=f"({reason}).*3 tries"):
        get(url, target, size_bytes=len(CONTENT))
    assert server.count("a.bin") == 3
    assert not target.exists()
    get(url, target, size_bytes=len(CONTENT))
    assert target.read_bytes() == CONTENT


def test_a_download_goes_on_where_it_stopped(server, target):
    url = server.put("a.bin", CONTENT, truncate(300_000), die(200_000))
    get(url, target)
    assert target.read_bytes() == CONTENT
    first, second, third = server.ranges("a.bin")
    assert (first, second) == ("", "bytes=300000-")
    assert 300_000 < int(third.removeprefix("bytes=").removesuffix("-")) <= 500_000


def test_a_later_call_goes_on_where_an_earlier_one_stopped(server, target):
    url = server.put("a.bin", CONTENT, *[truncate(100)] * 3)
    with pytest.raises(PlaceError):
        get(url, target)
    get(url, target)
    assert target.read_bytes() == CONTENT
    assert server.ranges("a.bin") == ["", "bytes=100-", "bytes=200-", "bytes=300-"]


def test_a_network_that_breaks_often_is_no_reason_to_give_up(server, target):
    url = server.put("a.bin", CONTENT, *[truncate(1 << 16)] * 11)
    get(url, target)
    assert target.read_bytes() == CONTENT
    assert server.count("a.bin") == 12


def test_a_server_that_ignores_ranges_is_asked_again_from_the_start(server, target):
    get(server.put("a.bin", CONTENT, truncate(300_000), ignore_ranges), target)
    assert target.read_bytes() == CONTENT


def test_a_server_that_ignores_ranges_and_breaks_each_time_does_not_hold_us_for_ever(
    server, target
):
    url = server.put("a.bin", CONTENT, *[truncate_without_ranges(300_000)] * 4)
    with pytest.raises(PlaceError, match="stopped after"):
        get(url, target)
    assert server.count("a.bin") == 3


@pytest.mark.parametrize("other", [OTHER, OTHER[:1000], OTHER + OTHER], ids=len)
def test_a_file_that_changes_midway_comes_whole_in_its_new_form(server, target, other):
    get(server.put("a.bin", CONTENT, change_midway(300_000, other)), target)
    assert target.read_bytes() == other


def test_a_range_of_another_version_is_not_mixed_in(server, target):
    get(server.put("a.bin", CONTENT, truncate(300_000), swap_unasked(OTHER)), target)
    assert target.read_bytes() == OTHER


def test_without_a_version_nothing_is_resumed(server, target):
    url = server.put("a.bin", CONTENT, change_midway(300_000, OTHER), has_version=False)
    get(url, target)
    assert target.read_bytes() == OTHER
    assert server.ranges("a.bin") == ["", ""]


def test_a_weak_version_is_no_version(server, target):
    weak = answer(200, CONTENT[:9], ETag='W/"1"')
    url = server.put("a.bin", CONTENT, weak)
    get(url, target)
    assert server.ranges("a.bin") == [""]
    assert target.read_bytes() == CONTENT[:9]


@pytest.mark.parametrize("notes", ["", "{", "[]", "{}", '{"url": 1}', "null"])
def test_notes_that_are_broken_are_no_obstacle(server, target, notes):
    target.with_name("a.bin.part").write_bytes(b"what is this")
    target.with_name("a.bin.part.json").write_text(notes)
    get(server.put("a.bin", CONTENT), target)
    assert target.read_bytes() == CONTENT
    assert left_overs(target) == []


def test_bytes_of_another_address_are_not_gone_on_with(server, target):
    target.with_name("a.bin.part").write_bytes(b"xxx")
    notes = {"url": "http://elsewhere/a.bin", "version": '"1"', "total": 9}
    target.with_name("a.bin.part.json").write_text(json.dumps(notes))
    get(server.put("a.bin", CONTENT), target)
    assert server.ranges("a.bin") == [""]
    assert target.read_bytes() == CONTENT


def test_more_bytes_than_the_file_has_are_thrown_away(server, target):
    url = server.put("a.bin", CONTENT, truncate(100))
    with pytest.raises(PlaceError):
        download(url, target, patience=Patience(tries=1), show_progress=False)
    with target.with_name("a.bin.part").open("ab") as part:
        part.write(bytes(len(CONTENT)))
    get(url, target)
    assert target.read_bytes() == CONTENT


def test_all_bytes_but_no_name_yet_are_not_asked_for_again(server, target):
    url = server.put("a.bin", CONTENT, truncate(100))
    with pytest.raises(PlaceError):
        download(url, target, patience=Patience(tries=1), show_progress=False)
    target.with_name("a.bin.part").write_bytes(CONTENT)
    get(url, target)
    assert target.read_bytes() == CONTENT
    assert server.count("a.bin") == 1


def test_retry_after_is_waited_for_in_seconds(server, target):
    url = server.put("a.bin", CONTENT, answer(429, Retry_After="1"))
    start = time.monotonic()
    get(url, target)
    assert time.monotonic() - start >= 1
    assert target.read_bytes() == CONTENT


def test_retry_after_is_waited_for_until_a_date(server, target):
    url = server.put("a.bin", CONTENT, answer(503, Retry_After=formatdate(time.time() + 2)))
    start = time.monotonic()
    get(url, target)
    assert time.monotonic() - start >= 0.9
    assert target.read_bytes() == CONTENT


def test_an_hour_is_too_long_to_wait(server, target):
    url = server.put("a.bin", CONTENT, answer(429, Retry_After="3600"))
    with pytest.raises(PlaceError, match=r"answered 429 .* asks to wait 3600 s"):
        get(url, target)


def test_a_retry_after_that_says_nothing_is_ignored(server, target):
    url = server.put("a.bin", CONTENT, answer(429, Retry_After="soon"))
    get(url, target)
    assert target.read_bytes() == CONTENT


def test_a_redirect_is_followed(server, target):
    url = server.put("a.bin", CONTENT, answer(302, Location="/b.bin"))
    server.put("b.bin", OTHER)
    get(url, target)
    assert target.read_bytes() == OTHER


def test_redirects_in_a_circle_end(server, target):
    a = server.put("a.bin", b"", *[answer(302, Location="/b.bin")] * 30)
    server.put("b.bin", b"", *[answer(302, Location="/a.bin")] * 30)
    with pytest.raises(PlaceError, match="redirects in a circle"):
        get(a, target)
    assert len(server.log) < 30


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/a"])
def test_a_redirect_leads_to_no_file_of_this_machine(server, target, to):
    with pytest.raises(PlaceError):
        get(server.put("a.bin", b"", answer(302, Location=to)), target)
    assert not target.exists()


def test_nobody_listens(target):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(PlaceError, match="refused the connection"):
        get(f"http://127.0.0.1:{port}/a.bin", target)


def test_a_name_that_nobody_knows(target):
    with pytest.raises(PlaceError, match="cannot be found from here"):
        get("http://no-such-host.invalid/a.bin", target)


@pytest.fixture
def tls_server():
    """A server with a certificate that nobody signed but itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
    with running() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        yield server


def test_a_certificate_that_nobody_signed_is_refused(tls_server, target):
    url = tls_server.put("a.bin", CONTENT).replace("http:", "https:")
    with pytest.raises(PlaceError, match=r"no certificate to trust \(self.signed certificate\)"):
        get(url, target)
    assert tls_server.log == []


def test_a_server_that_speaks_no_tls_is_refused(server, target):
    url = server.put("a.bin", CONTENT).replace("http:", "https:")
    with pytest.raises(PlaceError, match="refuses an encrypted connection"):
        get(url, target)
    assert server.log == []


def test_a_killed_download_is_gone_on_with_by_the_next_process(server, target):
    url = server.put("a.bin", CONTENT, stall(300_000))
    code = (
        "import sys, pathlib; from labhelpers.data.fetch.downloader import download;"
        "download(sys.argv[1], pathlib.Path(sys.argv[2]), show_progress=False)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, url, str(target)])
    part = target.with_name("a.bin.part")
    deadline = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    kept = part.stat().st_size
    assert kept > 0
    get(url, target)
    assert target.read_bytes() == CONTENT
    assert server.ranges("a.bin")[-1] == f"bytes={kept}-"


def test_a_bar_shows_how_far_it_is_and_why_it_waits(server, target, capfd):
    download(server.put("a.bin", CONTENT, truncate(300_000)), target, patience=HASTE)
    said = capfd.readouterr().err
    assert "a.bin: the server stopped after 300,000 of 768,000 bytes; trying again in" in said
    assert "a.bin: 100%" in said


def test_a_place_that_cannot_be_reached_shows_no_bar(target, capfd):
    with pytest.raises(PlaceError):
        download("http://127.0.0.1:9/a.bin", target, patience=HASTE)
    assert capfd.readouterr().err == ""


def test_nothing_is_shown_when_nothing_is_to_be_shown(server, target, capfd):
    get(server.put("a.bin", CONTENT, truncate(300_000)), target)
    assert capfd.readouterr().err == ""


def test_a_path_with_spaces_and_accents(server, tmp_path):
    folder = tmp_path / "Données d'été 数据"
    folder.mkdir()
    get(server.put("a.bin", CONTENT, truncate(100)), folder / "à b.bin")
    assert (folder / "à b.bin").read_bytes() == CONTENT


def test_many_threads_with_files_of_their_own(server, tmp_path):
    url = server.put("a.bin", CONTENT)
    threads = [threading.Thread(target=get, args=(url, tmp_path / f"{i}.bin")) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all((tmp_path / f"{i}.bin").read_bytes() == CONTENT for i in range(8))
