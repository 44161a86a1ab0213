"""What is wrong with the book's files or with the work on them, each told in one line."""


class BookError(Exception):
    """Something is wrong in the work: a cell fails, a file differs, a claim is not met.

    A file of results that is not well formed is one as well, so a chapter may meet it too.

    Attributes:
        exit_code: With what `labs` ends when it has told it.
    """

    exit_code = 1


class UsageError(BookError):
    """The command was asked for something that is not there, such as an unknown chapter."""

    exit_code = 2
