"""The one way in which a data door says no."""

from pathlib import Path

from labhelpers.data.fetch.places import data_root

_THREE_WAYS = (
    "With a network: run `labs data get {name}`. Without: put {file} from a stick into {root}, or "
    "set LABHELPERS_MIRROR to the address of a machine that runs `labs class serve`. To try the "
    "chapter on drawn stand-in data: set LABHELPERS_STANDIN=1."
)

REPLACE = "Delete it to have it fetched again, or put a good copy in its place."


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


def name_the_ways(name: str, file: str) -> str:
    """Returns the three ways on for a reader who has no copy of a data set.

    Args:
        name: Name of the data set, as `labs data get` takes it.
        file: Name of the file or folder that is missing.
    """
    return _THREE_WAYS.format(name=name, file=file, root=data_root())
