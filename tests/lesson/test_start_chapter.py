"""What a chapter's first cell says, and the sentences that cells say."""

from __future__ import annotations

import json

import pytest

from labhelpers.lesson import say, start_chapter
from labhelpers.lesson.result_files import RESULTS_VARIABLE
from labhelpers.lesson.start import format_minutes
from labhelpers.training import describe_hardware


@pytest.fixture
def timings(tmp_path, monkeypatch):
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path))

    def write(**told):
        (tmp_path / "timings.json").write_text(json.dumps(told), encoding="utf-8")

    return write


@pytest.mark.parametrize("name", ["full", "quick", "smoke"])
def test_it_says_the_profile_the_device_and_that_nothing_is_measured_yet(
    timings, monkeypatch, capsys, name
):
    monkeypatch.setenv("LABHELPERS_PROFILE", name)
    profile = start_chapter("01_one_layer")
    assert profile.name == name
    assert profile.pick(full="full", quick="quick", smoke="smoke") == name
    said = capsys.readouterr().out.replace("\u2060", "").splitlines()
    assert said[0].startswith(f"Profile: {name} ")
    hardware = describe_hardware()
    assert said[1].startswith(f"Device: {hardware.gpu or hardware.cpu}")
    assert said[1].endswith(f"large networks in {hardware.precision}")
    assert said[2] == "Expected: not measured yet"


def test_it_says_how_long_this_profile_took_and_where(timings, monkeypatch, capsys):
    monkeypatch.setenv("LABHELPERS_PROFILE", "quick")
    machine = {"cpu": "Some CPU", "device": "Some CPU", "cores": 2, "date": "2026-01-01"}
    gpu = machine | {"device": "Some GPU"}
    timings(a={"quick": machine | {"minutes": 1.52}, "full": gpu | {"minutes": 0.2}})
    start_chapter("a")
    said = capsys.readouterr().out.replace("\u2060", "")
    assert "Expected: about 1.5 minutes, as measured on 2 cores of Some CPU\n" in said
    monkeypatch.setenv("LABHELPERS_PROFILE", "full")
    start_chapter("a")
    said = capsys.readouterr().out.replace("\u2060", "")
    assert "about 12 seconds, as measured on Some GPU\n" in said


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0.001, "1 second"),
        (0.5, "30 seconds"),
        (0.999, "1.0 minutes"),
        (1.04, "1.0 minutes"),
        (9.4, "9.4 minutes"),
        (9.6, "10 minutes"),
        (75, "75 minutes"),
    ],
)
def test_times_are_told_as_people_say_them(minutes, text):
    assert format_minutes(minutes) == text


def test_a_sentence_is_shown_as_markdown(shown):
    say("The score is **0.5**.")
    assert shown[0]["text/markdown"] == "The score is **0.5**."
    assert shown[0]["text/plain"]


@pytest.mark.parametrize("text", ["", "  ", None, 0.5])
def test_nothing_to_say_is_a_mistake(text):
    with pytest.raises(ValueError, match="text must be a sentence, but is"):
        say(text)
