"""Sentences and tables that a chapter's cells show."""

from typing import Any

from labhelpers.course.claims import Judgement, judge_all
from labhelpers.course.files import find_course_files
from labhelpers.course.ledger import find_digits
from labhelpers.insight.page import show_bundle
from labhelpers.insight.tables import show_table

_HEADER = ("row", "what", "reported", "ours (mean)", "deviation", "runs", "goal", "verdict")


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


def show_claims(*rows: str) -> None:
    """Shows what was reported of some rows beside what the book's recorded runs say.

    Args:
        rows: The experiments, such as "A1"; all claims without.

    Raises:
        ValueError: If no claim is about one of these rows.
    """
    judgements = judge_all(find_course_files())
    known = {judgement.claim.row for judgement in judgements}
    for row in rows:
        if row not in known:
            raise ValueError(f"rows must be among {', '.join(sorted(known))}, but one is {row!r}.")
    chosen = [j for j in judgements if not rows or j.claim.row in rows]
    show_table(_HEADER, [format_judgement(judgement) for judgement in chosen])


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
