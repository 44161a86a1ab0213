"""Figures in a real kernel, with the backend that Jupyter gives it."""

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = [
    """
import matplotlib.pyplot as plt
import numpy as np
from labhelpers.insight import plot_images, show_figure, use_style
use_style()
""",
    """
figure, axes = plt.subplots()
axes.plot([1, 2, 3])
show_figure(figure, alt="A line that rises, for a look at its outputs.")
""",
    """
figure = plot_images(np.zeros((2, 4, 4)))
show_figure(figure, alt="Two black squares, for a look at their outputs.")
""",
    """
plt.plot([1, 2, 3]);
""",
    """
figure, axes = plt.subplots()
show_figure(figure, alt="")
""",
]


@pytest.fixture(scope="module")
def outputs():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code.strip()) for code in CELLS]
    )
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells]


def test_a_figure_is_shown_once(outputs):
    for cell in outputs[1], outputs[2]:
        assert [o.output_type for o in cell] == ["display_data"]
        assert sorted(cell[0].data) == ["text/html", "text/plain"]


def test_setting_the_style_shows_nothing(outputs):
    assert outputs[0] == []


def test_a_student_s_own_plot_is_shown_as_ever(outputs):
    assert "image/png" in outputs[3][0].data


def test_a_missing_description_is_an_error_that_says_so(outputs):
    error = next(o for o in outputs[4] if o.output_type == "error")
    assert error.ename == "ValueError"
    assert "alt must be a description" in error.evalue
