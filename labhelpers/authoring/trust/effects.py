"""What a change of a module can do to the book: move its numbers, its look, or nothing."""

from typing import Literal

Effect = Literal["numbers", "look", "none"]

# Of the folders that hold a module, the longest decides.
_EFFECTS: dict[str, Effect] = {
    "labhelpers": "none",
    "labhelpers.arguments": "numbers",
    "labhelpers.data": "numbers",
    # What arrives is compared with known digests, so how it travels makes no number.
    "labhelpers.data.fetch": "none",
    "labhelpers.models": "numbers",
    "labhelpers.training": "numbers",
    "labhelpers.insight.measure": "numbers",
    "labhelpers.insight.show": "look",
    "labhelpers.widgets": "look",
    "labhelpers.lesson.quiz": "look",
    "labhelpers.lesson.checks": "look",
    "labhelpers.lesson.exercises": "look",
}

# They look at a student's answer: what they import makes none of the chapter's numbers.
ANSWERING = ("labhelpers.lesson.quiz", "labhelpers.lesson.checks", "labhelpers.lesson.exercises")

# Where the full profile takes other branches than smoke: precision, compilation, large networks.
BRANCHING = ("labhelpers.models", "labhelpers.training.fitting")


def find_effect(module: str) -> Effect:
    """Returns what a change of a module, by its import name, can move."""
    folder = module
    while folder not in _EFFECTS and folder:
        folder = folder.rpartition(".")[0]
    return _EFFECTS.get(folder, "none")


def is_within(module: str, folders: tuple[str, ...]) -> bool:
    """Says whether a module is one of some folders, or lies in one of them."""
    return any(module == folder or module.startswith(f"{folder}.") for folder in folders)
