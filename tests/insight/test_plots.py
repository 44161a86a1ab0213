"""Curves and confusion tables."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labhelpers.insight import plot_confusion, plot_history, use_style
from labhelpers.training import Run


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


def make_run(**history):
    epochs = len(next(iter(history.values())))
    return Run(
        history=history,
        epochs=epochs,
        seconds=1.0,
        images_per_s=1.0,
        parameters=1,
        device="a test",
        precision="float32",
        seed=0,
        batch_size=1,
        interrupted=False,
        best_epoch=1,
    )


ADAM = make_run(loss=[3.0, 2.0, 1.0], val_loss=[3.1, 2.2, 1.5], accuracy=[0.1, 0.2, 0.3])
SGD = make_run(loss=[9.0, 4.0, 0.5], val_loss=[9.1, 4.2, 0.9], accuracy=[0.1, 0.3, 0.5])


def labels_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_epochs_count_from_one():
    axes = plot_history(ADAM)
    for line in axes.get_lines():
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
    axes.figure.canvas.draw()
    low, high = axes.get_xlim()
    ticks = [t for t in axes.get_xticks() if low <= t <= high]
    assert ticks == [1, 2, 3]
    assert axes.get_xlabel() == "epoch"
    assert axes.get_ylabel() == "loss"


@pytest.mark.parametrize("epochs", [1, 2, 7, 30, 100, 1000])
def test_no_tick_stands_before_the_first_epoch(epochs):
    axes = plot_history(make_run(loss=list(np.linspace(1, 0.1, epochs))))
    axes.figure.canvas.draw()
    low, high = axes.get_xlim()
    ticks = [t for t in axes.get_xticks() if low <= t <= high]
    assert ticks
    assert min(ticks) >= 1
    assert all(t == int(t) for t in ticks)
    assert low < 1 <= epochs < high


def test_one_run_shows_training_and_validation():
    axes = plot_history(ADAM)
    assert labels_of(axes) == ["training", "validation"]
    np.testing.assert_array_equal(axes.get_lines()[1].get_ydata(), [3.1, 2.2, 1.5])


def test_several_runs_are_told_apart_without_colour():
    axes = plot_history({"Adam": ADAM, "SGD": SGD}, metric="loss")
    assert labels_of(axes) == [
        "Adam, training",
        "Adam, validation",
        "SGD, training",
        "SGD, validation",
    ]
    looks = {(str(line._dash_pattern), line.get_marker()) for line in axes.get_lines()}
    assert len(looks) == 4
    colours = [line.get_color() for line in axes.get_lines()]
    assert colours[0] == colours[1] != colours[2] == colours[3]


def test_validation_can_be_left_out_and_is_where_there_is_none():
    assert labels_of(plot_history({"Adam": ADAM, "SGD": SGD}, validation=False)) == ["Adam", "SGD"]
    assert labels_of(plot_history({"Adam": ADAM}, "accuracy")) == ["Adam"]


def test_accuracy_is_called_score_as_in_the_text():
    assert plot_history(ADAM, "accuracy").get_ylabel() == "score"


def test_it_draws_on_given_axes():
    figure, axes = plt.subplots()
    assert plot_history(ADAM, ax=axes) is axes
    assert plt.get_fignums() == [figure.number]


def test_an_unknown_metric_names_those_there_are():
    with pytest.raises(ValueError, match="metric must be one that the history holds") as caught:
        plot_history(ADAM, "acuracy")
    assert "accuracy" in str(caught.value)
    with pytest.raises(ValueError, match="val_accuracy"):
        plot_history(ADAM, "accuracy", validation=True)


@pytest.mark.parametrize("runs", [{}, {"Adam": [1, 2, 3]}, [1, 2, 3]])
def test_what_is_no_run_is_refused(runs):
    with pytest.raises(ValueError, match="runs must"):
        plot_history(runs)
    assert plt.get_fignums() == []


LABELS = np.array([0, 0, 0, 1, 1, 2])
ANSWERS = np.array([0, 0, 1, 1, 2, 2])


def cells_of(axes, k):
    return {
        (round(t.get_position()[1]), round(t.get_position()[0])): t.get_text()
        for t in axes.texts
        if t.get_text()
    } | {"size": k}


def test_the_count_stands_in_each_cell():
    axes = plot_confusion(LABELS, ANSWERS, classes=["square", "disk", "triangle"])
    cells = cells_of(axes, 3)
    assert cells[0, 0] == "2"
    assert cells[0, 1] == "1"
    assert cells[1, 1] == "1"
    assert cells[1, 2] == "1"
    assert cells[2, 2] == "1"
    assert cells[2, 0] == "·"
    assert len(axes.texts) == 9
    assert [t.get_text() for t in axes.get_yticklabels()] == ["square", "disk", "triangle"]
    assert axes.get_ylabel() == "right class"
    assert axes.get_xlabel() == "answer"
    # The first class is the top row.
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_a_single_mistake_among_thousands_is_coloured():
    labels = np.zeros(10_000, dtype=int)
    answers = labels.copy()
    answers[0] = 1
    axes = plot_confusion(labels, answers, classes=["a", "b"])
    strengths = {(p.get_x(), p.get_y()): p.get_alpha() for p in axes.patches}
    assert strengths[0.5, -0.5] >= 0.15
    # Text in the page's colour stays readable on any cell, in light and in dark.
    assert max(strengths.values()) <= 0.5


def test_ten_classes_keep_their_text_large_enough():
    digits = np.arange(10).repeat(3)
    axes = plot_confusion(digits, digits, classes=[str(k) for k in range(10)])
    assert min(t.get_fontsize() for t in axes.texts) >= 9
    assert axes.figure.get_figwidth() <= 7


@pytest.mark.parametrize(
    ("labels", "answers", "said"),
    [
        ([0, 1, 3], [0, 1, 2], "labels from 0 to 2, but labels from 0 to 3"),
        ([0, 1, 2], [0, -1, 2], "predictions .* from 0 to 2"),
        ([0, 1, 2], [0, 1], "predictions .* Give one label for each image"),
        ([0.0, 1.0, 2.0], [0, 1, 2], "whole-number labels"),
        ([0, 1, 2], [[0, 0, 1], [0, 1, 0], [1, 0, 0]], "argmax"),
        ([], [], "whole-number labels"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, answers, said):
    with pytest.raises((TypeError, ValueError), match=said):
        plot_confusion(labels, answers, classes=["a", "b", "c"])
    assert plt.get_fignums() == []
