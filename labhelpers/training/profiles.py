"""How long a run may take: the three profiles of a chapter."""

import os
from dataclasses import dataclass
from typing import TypeVar

from labhelpers.training.hardware import find_gpu

_NAMES = ("smoke", "quick", "full")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Profile:
    """How long a chapter's run may take, and so how much it computes.

    Attributes:
        name: "smoke" (seconds, for tests), "quick" (a student's CPU) or "full" (the book).

    Example:
        >>> Profile("quick").pick(full=40, quick=5, smoke=1)
        5
    """

    name: str

    def __post_init__(self) -> None:
        if self.name not in _NAMES:
            raise ValueError(
                f"name must be one of {', '.join(_NAMES)}, but is {self.name!r}. "
                'Write for example Profile("quick").'
            )

    def pick(self, *, full: _T, quick: _T, smoke: _T) -> _T:
        """Returns the value of this profile: for the book's numbers, a student's CPU, or a test."""
        return {"full": full, "quick": quick, "smoke": smoke}[self.name]

    def __str__(self) -> str:
        return self.name


def choose_profile() -> Profile:
    """Chooses the profile: LABHELPERS_PROFILE if set, else by the machine.

    Returns:
        "full" where there is a GPU, else "quick"; "smoke" only when the variable says so.

    Raises:
        ValueError: If LABHELPERS_PROFILE names no profile.
    """
    name = os.environ.get("LABHELPERS_PROFILE", "").strip()
    name = name or ("full" if find_gpu() else "quick")
    if name not in _NAMES:
        raise ValueError(
            f"LABHELPERS_PROFILE must be one of {', '.join(_NAMES)}, but is {name!r}. "
            "Set it to one of these, or unset it to let the machine decide."
        )
    return Profile(name)
