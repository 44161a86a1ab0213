"""The first cell of a chapter that is about the machine."""

import json
from typing import Any

from labhelpers.lesson.result_files import find_results, read_text
from labhelpers.training import Profile, choose_profile, describe_hardware
from labhelpers.training.times import timing

TIMINGS_NAME = "timings.json"


def start_chapter(chapter_id: str) -> Profile:
    """Chooses the profile and says what to expect: profile, device, precision and minutes.

    Args:
        chapter_id: The chapter, such as "01_one_layer".

    Returns:
        The profile, from LABHELPERS_PROFILE or from the machine.
    """
    profile = choose_profile()
    hardware = describe_hardware()
    plural = "" if hardware.cores == 1 else "s"
    unit = f" with {hardware.matrix_unit}" if hardware.matrix_unit else ""
    machine = hardware.gpu or f"{hardware.cpu}, {hardware.cores} core{plural}{unit}"
    print(f"Profile: {profile.name} (LABHELPERS_PROFILE sets another: full, quick or smoke)")
    print(f"Device: {machine}; large networks in {hardware.precision}")
    print(f"Expected: {timing(_expect(load_timing(chapter_id, profile.name)))}")
    return profile


def load_timing(chapter_id: str, profile: str) -> dict[str, Any] | None:
    """Loads how long a chapter took when it was last executed, or None.

    The object holds `minutes`, `device`, `cpu`, `cores` and `date`.
    """
    timings = json.loads(read_text(find_results() / TIMINGS_NAME) or "{}")
    return timings.get(chapter_id, {}).get(profile)


def format_minutes(minutes: float) -> str:
    """Writes a time as people say it: "40 seconds", "1.5 minutes", "12 minutes"."""
    seconds = max(1, round(minutes * 60))
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{minutes:.0f} minutes" if minutes >= 9.5 else f"{minutes:.1f} minutes"


def _expect(timing: dict[str, Any] | None) -> str:
    if timing is None:
        return "not measured yet"
    place = timing["device"]
    if place == timing["cpu"]:
        place = f"{timing['cores']} core{'' if timing['cores'] == 1 else 's'} of {place}"
    return f"about {format_minutes(timing['minutes'])}, as measured on {place}"
