"""Conclusions of the text, tied to what was measured."""

import numpy as np
import pytest

from labhelpers.lesson import BrokenTie, tie

SENTENCE = "SGD ends below Adam"


@pytest.fixture(params=["full", "quick", "smoke", None])
def profile(request, monkeypatch):
    monkeypatch.delenv("LABHELPERS_PROFILE", raising=False)
    if request.param:
        monkeypatch.setenv("LABHELPERS_PROFILE", request.param)
    return request.param


@pytest.mark.parametrize("holds", [True, np.bool_(True)])
def test_a_conclusion_that_holds_shows_nothing(profile, holds, shown, capsys):
    tie(SENTENCE, holds)
    assert len(shown) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("holds", [False, np.bool_(False)])
def test_a_conclusion_that_does_not_hold_ends_a_full_run_by_name(holds, shown, monkeypatch):
    monkeypatch.setenv("LABHELPERS_PROFILE", "full")
    with pytest.raises(BrokenTie, match=f"{SENTENCE}. Rewrite that sentence"):
        tie(SENTENCE + ".", holds)
    assert len(shown) == 0


@pytest.mark.parametrize("name", ["quick", "smoke", ""])
def test_a_reader_s_run_goes_on_with_a_note(name, shown, monkeypatch):
    # Without the variable, a machine with a GPU runs the full profile: it is a reader's all the
    # same, and another machine or a changed setting must not stop it.
    monkeypatch.setenv("LABHELPERS_PROFILE", name)
    tie(SENTENCE, False)
    assert SENTENCE in shown[0]["text/markdown"]
    assert "not the book's own" in shown[0]["text/markdown"]


@pytest.mark.parametrize("sentence", ["", "  ", None, 3, True])
def test_a_tie_without_a_sentence_is_a_mistake(profile, sentence):
    with pytest.raises(ValueError, match="sentence must be the conclusion in words"):
        tie(sentence, True)


@pytest.mark.parametrize("holds", [None, 1, 0.0, "yes", np.array([True]), np.array([True, False])])
def test_what_is_neither_true_nor_false_is_a_mistake(profile, holds):
    with pytest.raises(ValueError, match="holds must be True or False"):
        tie(SENTENCE, holds)
