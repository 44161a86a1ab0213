"""Training leaves one line: in a page, in a terminal, in a file."""

import io
from contextlib import redirect_stdout

import nbformat
from nbclient import NotebookClient

from labhelpers.training.fitting.progress import ProgressLine
from labhelpers.training.times import TIME_MARK

CELL = """
import keras, numpy as np
from labhelpers.training import fit_model
images = np.random.RandomState(0).rand(6000, 8, 8).astype("float32")
model = keras.Sequential(
    [keras.Input((8, 8)), keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")]
)
run = fit_model(
    model, (images, np.arange(6000) % 3), validation=(images[:100], np.arange(100) % 3),
    epochs=30, batch_size=2, steps_per_execution=8, optimizer="sgd",
    loss="sparse_categorical_crossentropy", metrics=["accuracy"], SHOW
)
"""


def execute(code: str) -> tuple[list, list]:
    """Runs a cell in a kernel; returns the outputs it leaves, and all messages of display."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    messages = []
    take = client.process_message

    def note(message, *rest, **options):
        if message["msg_type"] in ("display_data", "update_display_data"):
            messages.append(message["content"]["data"]["text/plain"])
        return take(message, *rest, **options)

    client.process_message = note
    client.execute()
    outputs = [
        output
        for output in notebook.cells[0].outputs
        if output.get("name") != "stderr"  # TensorFlow greets there
    ]
    return outputs, messages


def test_a_page_keeps_one_line_of_progress():
    outputs, messages = execute(CELL.replace("SHOW", ""))
    assert [output.output_type for output in outputs] == ["stream", "display_data"]
    assert outputs[0].text.count("\n") == 1
    assert outputs[0].text.startswith("TensorFlow on ")
    last = outputs[1].data["text/plain"].replace(TIME_MARK, "")
    assert last.startswith("30 epochs in ")
    assert "validation accuracy" in last
    assert "\n" not in last
    # It changed meanwhile, a few times a second at most.
    seconds = float(last.split(" in ")[1].split(" s")[0])
    assert 2 <= len(messages) <= 2 + seconds / 0.3
    assert messages[0].startswith("epoch 1 of 30, ")
    assert "images a second" in messages[0]
    assert "s left" in messages[0]


def test_a_page_can_be_kept_free_of_it():
    outputs, messages = execute(CELL.replace("SHOW", "show_progress=False").replace("=30", "=1"))
    assert outputs == []
    assert messages == []


class Terminal(io.StringIO):
    """Text that says it is a terminal."""

    def isatty(self):
        return True


def read_screen(text: str) -> list[str]:
    """What a terminal shows in the end: a carriage return goes back to the line's start."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


def test_a_terminal_overwrites_the_line():
    terminal = Terminal()
    with redirect_stdout(terminal):
        line = ProgressLine()
        line.announce("chosen")
        line.update("epoch 1, a rather long line")
        line.update("epoch 2")
        assert read_screen(terminal.getvalue()) == ["chosen", "epoch 2"]
        line.finish("done")
    assert read_screen(terminal.getvalue()) == ["chosen", "done", ""]


def test_a_file_gets_the_last_state_only(capsys):
    line = ProgressLine()
    line.update("epoch 1")
    line.finish("done")
    assert capsys.readouterr().out == "done\n"


def test_nothing_is_shown_when_not_asked():
    terminal = Terminal()
    with redirect_stdout(terminal):
        line = ProgressLine(show=False)
        line.announce("chosen")
        line.update("epoch 1")
        line.finish("done")
    assert terminal.getvalue() == ""
