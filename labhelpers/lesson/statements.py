"""Sentences and tables that a chapter's cells show, and conclusions tied to what was measured."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from labhelpers.insight.show.outputs import show_bundle
from labhelpers.insight.show.tables import draw_table
from labhelpers.lesson.claims import Judgement, judge_all
from labhelpers.lesson.files import find_course_files
from labhelpers.lesson.ledger import find_digits

_DECISIVE = "ours (mean)"
_HEADER = ("row", "what", "reported", _DECISIVE, "deviation", "runs", "goal", "verdict")


def say(text: str) -> None:
    """Shows a sentence with what the cell has just measured.

    A number in a chapter's text is never typed: it is said by the cell that measured it, so that
    it is true of your own run.

    Args:
        text: Markdown; several lines are joined as Markdown joins them.

    Raises:
        ValueError: If the text is none, or empty.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"text must be a sentence, but is {text!r}.")
    show_bundle({"text/markdown": text, "text/plain": text})


class BrokenTie(Exception):
    """A sentence of a chapter's text that its own measurement contradicts."""


def tie(sentence: str, holds: bool | np.bool_) -> None:
    """Ties a conclusion in a chapter's text to the measurement that it rests on.

    Nothing is shown where the conclusion holds. Where it does not, a run of the full profile that
    was asked for (`LABHELPERS_PROFILE=full`, as `labs execute` sets it) ends, so that the book
    never shows a sentence beside a number that contradicts it. Any other run goes on with a note
    to the reader: short runs, other machines and changed settings may come out differently.

    Args:
        sentence: The conclusion, as a clause that can follow "that": "SGD ends below Adam".
        holds: Whether the measurement agrees.

    Raises:
        ValueError: If the sentence is none, or holds is not a single truth value.
        BrokenTie: If the conclusion does not hold in a full run that was asked for.

    Example:
        >>> tie("seven is more than five", 7 > 5)
    """
    if not isinstance(sentence, str) or not sentence.strip():
        raise ValueError(
            f"sentence must be the conclusion in words, but is {sentence!r}. Write for example "
            'tie("SGD ends below Adam", sgd_loss < adam_loss).'
        )
    sentence = " ".join(sentence.split()).rstrip(".")
    if not isinstance(holds, bool | np.bool_):
        raise ValueError(
            f"holds must be True or False, but is a {type(holds).__name__}, for the sentence "
            f"{sentence!r}. Compare two numbers; of an array, take .all() or .any()."
        )
    if holds:
        return
    if os.environ.get("LABHELPERS_PROFILE", "").strip() == "full":
        raise BrokenTie(
            f"this run does not bear out that {sentence}. Rewrite that sentence in the chapter's "
            "text by what was measured, and the tie with it."
        )
    say(f"*In this run, which is not the book's own, it does not hold that {sentence}.*")


def show_claims(*rows: str) -> None:
    """Shows what was reported of some rows beside what the book's recorded runs say.

    In the book's notebooks, `labs` brings the table up to date whenever the results change.

    Args:
        rows: The experiments, such as "A1"; all claims without.

    Raises:
        ValueError: If no claim is about one of these rows.
    """
    show_bundle(draw_claims(rows, judge_all(find_course_files())))


def draw_claims(rows: Sequence[str], judgements: Sequence[Judgement]) -> dict[str, str]:
    """Draws the table of `show_claims`.

    Args:
        rows: The experiments; all without.
        judgements: The book's.

    Returns:
        The table's text by MIME type.

    Raises:
        ValueError: If no claim is about one of these rows.
    """
    known = {judgement.claim.row for judgement in judgements}
    for row in rows:
        if row not in known:
            raise ValueError(
                f"rows must be among those with a claim ({', '.join(sorted(known))}), but one is "
                f"{row!r}. Add a [[claim]] about it to labhelpers/lesson/results/claims.toml."
            )
    chosen = [j for j in judgements if not rows or j.claim.row in rows]
    cells = [format_judgement(judgement) for judgement in chosen]
    return draw_table(_HEADER, cells, decisive=_DECISIVE)


def format_judgement(judgement: Judgement) -> list[str]:
    """Writes a claim and what we measured as the cells of a table.

    Args:
        judgement: The claim, our summary and the verdict.

    Returns:
        Texts for row, what, reported, mean, deviation, runs, goal and verdict.
    """
    claim, ours = judgement.claim, judgement.ours
    digits = find_digits(ours.mean, ours.deviation)
    mean = f"{ours.mean:.{digits}f}" if ours.n else ""
    deviation = f"{ours.deviation:.{digits}f}" if ours.n > 1 else ""
    return [
        claim.row,
        claim.what,
        format_reported(claim.reported),
        mean,
        deviation,
        str(ours.n),
        claim.goal,
        judgement.verdict,
    ]


def format_reported(value: Any) -> str:
    """Writes a reported number or text; empty where nothing was reported."""
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"
