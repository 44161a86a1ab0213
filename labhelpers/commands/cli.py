"""The `labs` command.

What a command needs is imported when it runs: `labs --help` is quick, and building the pages
needs no backend.
"""

import sys
from typing import NoReturn

import typer

from labhelpers.commands import (
    chapter_commands,
    data_commands,
    marking_commands,
    project_commands,
    sweep_commands,
)
from labhelpers.lesson.course_error import CourseError

# What shells call a program that was interrupted.
_STOPPED = 130

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
    sweep_commands.sweep,
    marking_commands.mark,
    project_commands.claims,
    project_commands.stale,
    project_commands.verify,
    project_commands.refresh,
    project_commands.check,
    project_commands.bench,
):
    app.command()(_command)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
    project_commands.test
)
app.add_typer(data_commands.app)


def main() -> None:
    """Runs the command; errors are one line, exit codes 0 (done), 1 (wrong), 2 (bad usage)."""
    try:
        code = app(sys.argv[1:] or ["--help"], prog_name="labs", standalone_mode=False)
    except CourseError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:
        _fail(str(error), 1)
    except ModuleNotFoundError as error:
        _fail(f"{error.name} is not installed: pip install -e '.[tensorflow,book,test]'", 1)
    except (KeyboardInterrupt, typer.Abort):
        code = _STOPPED
    except Exception as error:
        # What the command line itself finds wrong has this method in every version of typer.
        if not hasattr(error, "format_message"):
            raise
        _fail(f"{error.format_message()} (labs --help says more)", 2)
    if code == _STOPPED:
        _fail("stopped; what had not come to its end was not written", _STOPPED)
    raise SystemExit(code or 0)


def _fail(message: str, code: int) -> NoReturn:
    print(f"labs: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)
