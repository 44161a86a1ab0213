"""Sentences that a chapter's cells show, and conclusions tied to what was measured."""

import os

import numpy as np

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


class BrokenTie(Exception):
    """A sentence of a chapter's text that its own measurement contradicts."""


def tie(sentence: str, holds: bool | np.bool_) -> None:
    """Ties a conclusion in a chapter's text to the measurement that it rests on.

    Nothing is shown where the conclusion holds. Where it does not, a run of the full profile that
    was asked for (`LABHELPERS_PROFILE=full`, as `labs book run` sets it) ends, so that the book
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
