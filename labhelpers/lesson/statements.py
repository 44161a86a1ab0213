"""Sentences that a chapter's cells show."""

from labhelpers.insight.show.outputs import show_bundle
from labhelpers.training.times import timing

__all__ = ["say", "timing"]


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
