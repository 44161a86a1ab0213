"""What goes wrong in the book's machinery, each told in one line."""


class CourseError(Exception):
    """Something is wrong in the work: a cell fails, a file differs, a claim is not met.

    Attributes:
        exit_code: With what `labs` ends.
    """

    exit_code = 1


class UsageError(CourseError):
    """The command was asked for something that is not there, such as an unknown chapter."""

    exit_code = 2
