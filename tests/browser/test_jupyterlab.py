"""A notebook in JupyterLab: its widgets with the kernel, and after the kernel is gone."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jupyter_client import BlockingKernelClient
from nbformat import v4, write
from playwright.sync_api import expect

TOKEN = "only-for-this-test"
DESCENT = "from labhelpers.widgets import show_descent\nwidget = show_descent(steps=10)\nwidget"
TRAINING = """import keras
from labhelpers.data import make_shapes
from labhelpers.widgets import show_hyperparameters
from labhelpers.training import measure_hyperparameters
def build():
    return keras.Sequential([keras.Input((16, 16, 1)), keras.layers.Flatten(),
                             keras.layers.Dense(3, "softmax")])
def draw(seed):
    return make_shapes(300, kinds=("square", "disk", "triangle"), size_px=16, seed=seed)
results = measure_hyperparameters(build, draw(1), draw(2), rates=(0.001, 0.01),
                                  batch_sizes=(4, 64), optimizers=("SGD", "Adam"), epochs=1)
object.__setattr__(results.task, "epochs", 400)
trained = show_hyperparameters(results)
trained"""

LIVE = """import keras
import numpy as np
from labhelpers.widgets import show_filters, show_frames
random = np.random.RandomState(0).random_sample
def make_frames(count):
    names = [f"picture {k}" for k in range(count)]
    return random((count, 20, 30)), {"values": names, "texts": [f"This is {n}." for n in names]}
images, texts = make_frames(3)
frames = show_frames(images, label="Place", title="noise", **texts)
def make_model(name):
    layers = [keras.Input((20, 30, 1)), keras.layers.Conv2D(2, 3, name=name)]
    return keras.Sequential(layers)
filters = show_filters(make_model("one"), images[..., None], names=texts["values"])
display(frames, filters)
def change():
    images, texts = make_frames(5)
    frames.set_images(images, **texts)
    filters.set_images(make_model("two"), images[..., None], names=texts["values"])
    return True"""


@dataclass(frozen=True)
class Lab:
    """A JupyterLab at work."""

    address: str
    folder: Path
    runtime: Path

    def ask(self, method: str, path: str) -> object:
        request = urllib.request.Request(
            f"{self.address}/api/{path}", method=method, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def kernels(self) -> list[str]:
        return [kernel["id"] for kernel in self.ask("GET", "kernels")]


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    """JupyterLab on a free port of this machine, with settings of its own."""
    home = tmp_path_factory.mktemp("lab")
    places = {name: home / name for name in ("config", "runtime", "settings", "spaces", "ipython")}
    (home / "notebooks").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(places["config"]),
        "JUPYTER_RUNTIME_DIR": str(places["runtime"]),
        "JUPYTERLAB_SETTINGS_DIR": str(places["settings"]),
        "JUPYTERLAB_WORKSPACES_DIR": str(places["spaces"]),
        "IPYTHONDIR": str(places["ipython"]),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"),
        f"--ServerApp.root_dir={home / 'notebooks'}",
        "--LabApp.news_url=",
    ]
    log = home / "log.txt"
    with log.open("w") as told:
        server = subprocess.Popen(command, env=environment, stdout=told, stderr=told)
    one = Lab(f"http://127.0.0.1:{port}", home / "notebooks", places["runtime"])
    try:
        for _ in range(600):
            try:
                one.kernels()
                break
            except OSError:
                assert server.poll() is None, log.read_text()[-3000:]
                time.sleep(0.2)
        else:
            pytest.fail(f"JupyterLab does not answer: {log.read_text()[-3000:]}")
        yield one
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    yield opened
    context.close()


@pytest.fixture(autouse=True)
def patience():
    """JupyterLab is slow to start on a busy machine."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


def run_notebook(lab: Lab, page, name: str, *cells: str) -> str:
    """Open a notebook, run it whole, and return the kernel's number."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    write(notebook, lab.folder / name)
    before = set(lab.kernels())
    page.goto(f"{lab.address}/lab/tree/{name}?token={TOKEN}&reset")
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible()
    # The menu waits for nothing, so the kernel must be there first.
    for _ in range(300):
        # The server cannot list a kernel that is just starting.
        with contextlib.suppress(urllib.error.HTTPError):
            if new := set(lab.kernels()) - before:
                break
        time.sleep(0.2)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.locator(".labs-box").first).to_be_visible()
    (kernel,) = new
    return kernel


def evaluate(lab: Lab, kernel: str, code: str) -> object:
    """What an expression is in the notebook's own kernel."""
    client = BlockingKernelClient(connection_file=str(lab.runtime / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        reply = client.execute(
            "", user_expressions={"it": f"__import__('json').dumps({code})"}, reply=True, timeout=60
        )
        found = reply["content"]["user_expressions"]["it"]
        assert found["status"] == "ok", found
        return json.loads(eval(found["data"]["text/plain"]))
    finally:
        client.stop_channels()


def wait_for(lab: Lab, kernel: str, code: str, wanted: object) -> None:
    for _ in range(100):
        found = evaluate(lab, kernel, code)
        if found == wanted:
            return
        time.sleep(0.1)
    pytest.fail(f"{code} is {found!r}, not {wanted!r}")


def test_a_widget_moves_with_the_kernel_and_after_it_is_gone(lab, page):
    kernel = run_notebook(lab, page, "descent.ipynb", DESCENT)
    steps = page.get_by_role("slider", name="Steps")
    told = page.locator(".labs-told")
    expect(told).to_contain_text("After 10 steps: height")
    first = told.inner_text()

    # What the reader chooses reaches Python; the arrow keys stay in the slider.
    steps.press("ArrowRight")
    expect(told).to_contain_text("After 11 steps: height")
    wait_for(lab, kernel, "widget.steps", 11)

    # What Python sets reaches the reader.
    assert evaluate(lab, kernel, "setattr(widget, 'steps', 10) or widget.steps") == 10
    expect(told).to_have_text(first)
    assert steps.get_attribute("aria-valuetext") == "10"

    lab.ask("DELETE", f"kernels/{kernel}")
    assert kernel not in lab.kernels()
    steps.press("ArrowRight")
    expect(told).to_contain_text("After 11 steps: height")
    steps.press("ArrowLeft")
    expect(told).to_have_text(first)
    assert page.locator(".labs-sorry").count() == 0


def test_a_training_is_started_and_stopped(lab, page):
    kernel = run_notebook(lab, page, "training.ipynb", TRAINING)
    page.get_by_role("combobox", name="Optimiser").select_option("Adam")
    page.get_by_role("slider", name="Batch size").press("Home")
    news = page.locator(".labs-note")
    page.get_by_role("button", name="Train this one now").click()
    expect(news).to_contain_text("Your training: epoch ")
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_visible()
    # The kernel is free meanwhile.
    assert evaluate(lab, kernel, "trained._thread.is_alive()") is True
    assert evaluate(lab, kernel, "trained.optimizer") == 1
    stop.click()
    expect(news).to_contain_text("Your training stopped after")
    expect(news).to_contain_text("of 400 epochs: validation score")
    wait_for(lab, kernel, "trained._thread.is_alive()", False)
    again = page.get_by_role("button", name="Train this one now")
    lab.ask("DELETE", f"kernels/{kernel}")
    again.click()
    expect(news).to_contain_text("No kernel answers.")
    page.get_by_role("slider", name="Learning rate").press("Home")
    expect(page.locator(".labs-told")).to_contain_text("Adam, rate 0.001, batches of 4: ")


def test_new_data_and_new_models_arrive_live(lab, page):
    kernel = run_notebook(lab, page, "live.ipynb", LIVE)
    frames, filters = (page.locator(".labs-box").nth(k) for k in range(2))
    expect(frames.locator(".labs-told")).to_have_text("This is picture 0.")
    expect(filters.locator(".labs-told")).to_contain_text("one for picture 0: 2 of 2 maps")
    frames.get_by_role("slider", name="Place").press("End")
    expect(frames.locator(".labs-told")).to_have_text("This is picture 2.")
    wait_for(lab, kernel, "frames.frame", 2)

    assert evaluate(lab, kernel, "change()") is True
    expect(frames.locator(".labs-told")).to_have_text("This is picture 0.")
    frames.get_by_role("slider", name="Place").press("End")
    expect(frames.locator(".labs-told")).to_have_text("This is picture 4.")
    expect(filters.locator(".labs-told")).to_contain_text("two for picture 0: 2 of 2 maps")
    filters.get_by_role("combobox", name="Picture").select_option("picture 4")
    expect(filters.locator(".labs-told")).to_contain_text("two for picture 4: 2 of 2 maps")
    assert page.locator(".labs-sorry").count() == 0
