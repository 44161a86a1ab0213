"""Checking an exercise: an answer at once, with the hint that fits."""

import contextlib
import difflib
import html
import io
import re
import traceback
import warnings
from dataclasses import dataclass
from typing import Any

from labhelpers.insight.show.outputs import show_html
from labhelpers.lesson.exercises import Exercise, Failed, find_exercise, list_exercises
from labhelpers.lesson.exercises.expectations import AnswerError
from labhelpers.lesson.time_limit import TimeIsUp, limit_time

_MARKS = {
    "right": "✓ Right.",
    "not yet": "… Not yet.",
    "wrong": "✗ Not right yet.",
    "unknown": "? No such exercise.",
    "broken": "! The check itself failed.",
}
_UNTOUCHED = (
    "Nothing is answered yet: put your own in place of each `...`, `return` it, and run both cells "
    "again."
)
_STYLE = ".labs-check p{border-left:3px solid;padding:.2em .8em;margin:0;overflow-wrap:anywhere}"


@dataclass(frozen=True)
class Verdict:
    """What a check says.

    Attributes:
        status: "right", "not yet" (the stub is as it was: no hint yet), "wrong", "unknown" (no such
            exercise) or "broken" (a mistake of the check's, not of the student's).
        message: The sentences after the mark; `code` in backticks.
    """

    status: str
    message: str

    @property
    def text(self) -> str:
        """Mark and message as plain text."""
        return f"{_MARKS[self.status]} {self.message}".strip()


def check(exercise_id: str, answer: Any) -> None:
    """Checks the answer to an exercise and says at once whether it is right.

    Shows a tick, or the hint that fits the mistake. A stub that was not touched gets no hint: hints
    answer an attempt. Never raises: an error inside the answer is explained. An answer that takes
    longer than the exercise allows (10 s) is stopped where Python can be stopped: in the main
    thread, between two of Python's own steps, so not within a single long call into compiled code.

    Args:
        exercise_id: The exercise, such as "one-layer-gradient".
        answer: The function you wrote, without parentheses after it.
    """
    verdict = examine(exercise_id, answer)
    show_html(_draw(verdict), name="labs-check", plain=verdict.text, style=_STYLE)


def examine(exercise_id: str, answer: Any) -> Verdict:
    """Checks the answer to an exercise; returns what there is to say. Never raises."""
    try:
        found = find_exercise(str(exercise_id))
        if found is None:
            return _miss(str(exercise_id))
        return _run(found, answer)
    except Exception as error:
        return Verdict("broken", f"That is the book's mistake, not yours: {_name(error)}.")


def _run(found: Exercise, answer: Any) -> Verdict:
    if answer is None or answer is Ellipsis:
        return Verdict("not yet", _UNTOUCHED)
    if not callable(answer):
        return Verdict(
            "wrong",
            f"The check wants the function itself, but was given a {type(answer).__name__}. "
            f'Write `check("{found.name}", name_of_your_function)`, without parentheses after it.',
        )
    printed = io.StringIO()
    failed: Failed | None = None
    done = found.done
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(action="ignore"),
            limit_time(found.limit_s),
        ):
            steps = found.steps(answer)
            while failed is None:
                try:
                    step = next(steps)
                except StopIteration as end:
                    done = end.value or done
                    break
                failed = Failed("", step) if isinstance(step, str) else step
    except AnswerError as error:
        return _explain(error.__cause__, error.call, answer)
    except TimeIsUp:
        return Verdict(
            "wrong",
            f"It was stopped after {found.limit_s:g} s. Does a loop never end? Look at what "
            "changes from one round to the next.",
        )
    except KeyboardInterrupt:
        return Verdict("not yet", "You stopped the check.")
    except SystemExit:
        return Verdict("wrong", "Your function calls `exit`. Use `return` to hand back a value.")
    except Exception as error:
        # Steps may call the answer themselves; the book's own mistakes go to `examine`.
        if not _find_frames(error, answer):
            raise
        return _explain(error, getattr(answer, "__name__", "your function"), answer)
    if failed is None:
        return Verdict("right", done)
    said = " ".join(printed.getvalue().split())
    if failed.untouched and said:
        return Verdict(
            "wrong",
            f"{failed.message} It printed `{_clip(said)}` instead: `print` shows a value, "
            "`return` hands it back.",
        )
    if failed.untouched:
        return Verdict("not yet", _UNTOUCHED)
    parts = [failed.message, failed.hint or found.hint]
    if said:
        parts.append(f"It printed `{_clip(said)}`.")
    return Verdict("wrong", " ".join(p for p in parts if p))


def _explain(cause: BaseException, call: str, answer: Any) -> Verdict:
    if isinstance(cause, NotImplementedError):
        return Verdict("not yet", _UNTOUCHED)
    text = f"`{call}` stopped with {_name(cause)}{_find_line(cause, answer)}. {_guess(cause)}"
    return Verdict("wrong", text.strip())


def _name(error: BaseException) -> str:
    message = " ".join(str(error).split())
    text = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return f"`{_clip(text, 160)}`"


def _clip(text: str, length: int = 80) -> str:
    text = text.replace("`", "'")
    return text if len(text) <= length else text[: length - 1] + "…"


def _find_line(error: BaseException, answer: Any) -> str:
    """Says which line of the student's own code raised, where that can be known."""
    frames = _find_frames(error, answer)
    lines = [f.line for f in frames if f.filename == frames[0].filename and f.line]
    return f", in the line `{_clip(lines[-1])}`" if lines else ""


def _find_frames(error: BaseException, answer: Any) -> list[traceback.FrameSummary]:
    """The part of the error's way that lies in the student's function and below it."""
    code = getattr(answer, "__code__", None)
    walked = list(traceback.walk_tb(error.__traceback__))
    inside = [i for i, (frame, _) in enumerate(walked) if frame.f_code is code]
    return list(traceback.extract_tb(error.__traceback__))[inside[0] :] if inside else []


def _guess(error: BaseException) -> str:
    """The likely cause of an error, in a sentence."""
    text = str(error)
    if isinstance(error, TypeError) and re.search(r"ellipsis|NoneType", text):
        return "Is a `...` still there, or a function that returns nothing?"
    if isinstance(error, TypeError) and re.search(r"positional argument|keyword argument", text):
        return "Keep the names and the number of the parameters as the exercise gives them."
    if isinstance(error, ValueError) and re.search(r"broadcast|shape|dimension|align", text):
        return "Two arrays do not fit together: print their `.shape`."
    if isinstance(error, ValueError) and "truth value of an array" in text:
        return (
            "An array stands where one yes or no is needed: use NumPy's own functions, such as "
            "`x.max()` for `max(x)`, or `.any()` and `.all()`."
        )
    guesses: list[tuple[type[BaseException], str]] = [
        (NameError, "Is the name spelt rightly, and is the cell that makes it run already?"),
        (TypeError, "A value is of another kind than that line needs: print its `type`."),
        (IndexError, "An index lies outside: counting begins at 0, so the last is the length - 1."),
        (KeyError, "That key is not in the dictionary: print its `.keys()`."),
        (AttributeError, "That object has no such part: is the name spelt rightly?"),
        (ZeroDivisionError, "Which value is zero there, and may it be?"),
        (RecursionError, "The function calls itself without end."),
        (ImportError, "Is the name spelt rightly, and is that package installed?"),
        (MemoryError, "It asks for more memory than there is: look at the shapes."),
        (AssertionError, "An `assert` of your own does not hold."),
        (ValueError, "A value is not one that the line can use: print it."),
    ]
    return next((guess for kind, guess in guesses if isinstance(error, kind)), "")


def _miss(name: str) -> Verdict:
    names = list_exercises()
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:5]
    listed = ", ".join(f"`{n}`" for n in near)
    return Verdict(
        "unknown",
        f"There is none called `{_clip(name)}`." + (f" Did you mean {listed}?" if near else ""),
    )


def _draw(verdict: Verdict) -> str:
    message = html.escape(verdict.message)
    message = re.sub(r"`([^`]+)`", r"<code>\1</code>", message)
    return f'<p role="status"><strong>{_MARKS[verdict.status]}</strong> {message}</p>'
