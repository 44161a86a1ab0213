"""The `labs` command.

What a command needs is imported when it runs: `labs --help` is quick, and building the pages
needs no backend.
"""

import sys

import typer

from labhelpers.course import chapter_commands, project_commands
from labhelpers.course.errors import CourseError

app = typer.Typer(
    name="labs",
    help="Deep Learning Labs: build the book, run its chapters, check its results.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for _command in (
    project_commands.book,
    project_commands.serve,
    chapter_commands.start,
    project_commands.doctor,
    chapter_commands.sync,
    chapter_commands.execute,
    chapter_commands.replicate,
    project_commands.claims,
    project_commands.stale,
    project_commands.check,
    project_commands.bench,
):
    app.command()(_command)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
    project_commands.test
)


def main() -> None:
    """Runs the command; errors are one line, exit codes 0 (done), 1 (wrong), 2 (bad usage)."""
    try:
        app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except CourseError as error:
        _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _fail("stopped; what had not come to its end was not written", 130)
    except typer.Exit as exit_:
        raise SystemExit(exit_.exit_code) from None
    except Exception as error:
        # What the command line itself finds wrong has this method in every version of typer.
        if not hasattr(error, "format_message"):
            raise
        if error.format_message():
            _fail(f"{error.format_message()} (labs --help says more)", 2)
        raise SystemExit(2) from None


def _fail(message: str, code: int) -> None:
    print(f"labs: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)
