"""The one way in which a data door says no."""

from pathlib import Path

_REPLACE = "Put a good copy in its place, or delete it to have it fetched again."


class DataError(Exception):
    """A data file is missing, wrong or out of reach.

    The message is one line that names the file, what was expected, what came and the way on.

    Attributes:
        file: What it is about: a path, a member of an archive, or an address.
        expected: What should have been there.
        came: What was there.
        way_on: What to do now.
    """

    def __init__(self, file: str | Path, *, expected: str, came: str, way_on: str) -> None:
        self.file, self.expected, self.came, self.way_on = str(file), expected, came, way_on
        super().__init__(f"{file}: expected {expected}, but {came}. {way_on}")

    def __reduce__(self) -> tuple:
        details = {"expected": self.expected, "came": self.came, "way_on": self.way_on}
        return _rebuild, (type(self), self.file, details)


def _rebuild(kind: type[DataError], file: str, details: dict[str, str]) -> DataError:
    return kind(file, **details)


def refuse(file: object, expected: str, came: str) -> DataError:
    """Returns the error for a file that is there and is wrong."""
    return DataError(str(file), expected=expected, came=came, way_on=_REPLACE)
