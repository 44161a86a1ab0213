"""The `labs` command, in three groups by who types it: student, teacher, author."""

import importlib
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_group

from labhelpers.commands import data_sets, old_words, settings_search, student
from labhelpers.commands.console import show_help
from labhelpers.lesson.book_error import BookError

# What shells call a program that was interrupted.
_STOPPED = 130
_MODULES = {"class": ".teacher", "book": ".author"}


class _ByAudience(TyperGroup):
    """Lists the commands under the name of who types them."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        commands = [self.get_command(ctx, name) for name in self.list_commands(ctx)]
        width = formatter.width - 6 - max(len(command.name) for command in commands)
        for audience in dict.fromkeys(command.rich_help_panel for command in commands):
            theirs = [command for command in commands if command.rich_help_panel == audience]
            with formatter.section(audience):
                formatter.write_dl([(c.name, c.get_short_help_str(width)) for c in theirs])


class _Later(TyperGroup):
    """Loads the module of its commands when one is asked for, so that `labs --help` is quick."""

    def list_commands(self, ctx: Any) -> list[str]:
        if not self.commands:
            module = importlib.import_module(_MODULES[self.name], __package__)
            self.commands.update(get_group(module.app).commands)
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        self.list_commands(ctx)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    name="labs",
    cls=_ByAudience,
    help="Deep Learning Labs: work through the book, teach with it, make it.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_STUDENT, _TEACHER, _AUTHOR = "Student", "Teacher", "Author"
for _command in (student.start, student.doctor, student.speed, settings_search.sweep):
    app.command(rich_help_panel=_STUDENT)(_command)
app.add_typer(data_sets.app, rich_help_panel=_STUDENT)
for _name, _audience, _help in (
    ("class", _TEACHER, "Mark the exercises of a class, and hand it the data."),
    ("book", _AUTHOR, "Make the book: its notebooks, its results, its pages."),
):
    app.add_typer(
        typer.Typer(cls=_Later, callback=show_help, invoke_without_command=True),
        name=_name,
        help=_help,
        rich_help_panel=_audience,
    )


def main() -> None:
    """Runs the command; errors are one line, exit codes 0 (done), 1 (wrong), 2 (bad usage)."""
    words = old_words.renew(sys.argv[1:]) or ["--help"]
    try:
        code = app(words, prog_name="labs", standalone_mode=False)
    except BookError as error:
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
