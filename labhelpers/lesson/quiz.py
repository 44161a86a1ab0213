"""Quiz questions that answer in the page, with no kernel and no script."""

import hashlib
import html
import re
from collections.abc import Sequence

from labhelpers.insight.show.outputs import show_html

_STYLE = """
.labs-quiz{border:1px solid;border-color:color-mix(in srgb,currentColor 35%,transparent);
border-radius:.4em;padding:.6em .9em;margin:.4em 0;overflow-wrap:anywhere}
.labs-quiz p{margin:.2em 0 .5em}
.labs-quiz details{margin:.25em 0}
.labs-quiz summary{cursor:pointer;padding:.2em 0}
.labs-quiz details>div{padding:.1em 0 .4em 1.3em}
@media print{.labs-quiz details::details-content{content-visibility:visible;block-size:auto}}
"""


def quiz(question: str, choices: Sequence[tuple[str, bool, str]]) -> None:
    """Shows a question with its choices; opening a choice tells whether it is right, and why.

    Works in the built book, in JupyterLab and in Colab, by mouse, touch and keyboard: each
    choice is a `<details>` of HTML's own, so nothing needs to run.

    Args:
        question: The question; `code` in backticks.
        choices: Each a text, whether it is right, and why: at least one right, two wrong.

    Raises:
        ValueError: If a text or an explanation is missing, or there are too few choices.
    """
    checked = _check(question, choices)
    show_html(
        _draw(question, checked), name="labs-quiz", plain=_print(question, checked), style=_STYLE
    )


def _check(question: str, choices: Sequence[tuple[str, bool, str]]) -> list[tuple[str, bool, str]]:
    if not isinstance(question, str) or not question.strip():
        raise ValueError(f"question must be a text, but is {question!r}.")
    checked = []
    for number, choice in enumerate(choices, start=1):
        if not isinstance(choice, tuple | list) or len(choice) != 3:
            raise ValueError(
                "choices must be triples (text, is_right, explanation), but number "
                f"{number} is {choice!r}."
            )
        text, is_right, why = choice
        if not isinstance(is_right, bool):
            raise ValueError(f"is_right must be True or False, but is {is_right!r} in {text!r}.")
        for name, value in (("text", text), ("explanation", why)):
            if not isinstance(value, str) or not value.strip():
                raise ValueError(
                    f"the {name} of each choice must be a text, but that of number {number} is "
                    f"{value!r}. Say to the reader why it is right or wrong."
                )
        checked.append((text, is_right, why))
    num_right = sum(is_right for _, is_right, _ in checked)
    if num_right < 1 or len(checked) - num_right < 2:
        raise ValueError(
            "choices must hold at least one right and two wrong ones, but hold "
            f"{num_right} right and {len(checked) - num_right} wrong."
        )
    if len({text for text, _, _ in checked}) < len(checked):
        raise ValueError("choices must differ in their text, but two are the same.")
    return checked


def _draw(question: str, choices: list[tuple[str, bool, str]]) -> str:
    group = "quiz-" + hashlib.sha256(question.encode()).hexdigest()[:8]
    parts = [
        f'<div role="group" aria-labelledby="{group}">',
        f'<p id="{group}"><strong>{_format(question)}</strong></p>',
    ]
    for text, is_right, why in choices:
        mark = "✓ Right." if is_right else "✗ No."
        parts.append(
            f'<details name="{group}"><summary>{_format(text)}</summary>'
            f"<div><strong>{mark}</strong> {_format(why)}</div></details>"
        )
    parts.append("</div>")
    return "\n".join(parts)


def _format(text: str) -> str:
    escaped = html.escape(" ".join(text.split()))
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)


def _print(question: str, choices: list[tuple[str, bool, str]]) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    lines = [question]
    lines += [f"  {letter}) {text}" for letter, (text, _, _) in zip(letters, choices, strict=False)]
    lines.append("Answers:")
    lines += [
        f"  {letter}) {'✓ Right.' if is_right else '✗ No.'} {why}"
        for letter, (_, is_right, why) in zip(letters, choices, strict=False)
    ]
    return "\n".join(lines)
