"""Time limits: code that never ends is stopped, and nothing is left behind."""

import signal
import threading
import time

import nbformat
import pytest
from nbclient import NotebookClient

from labhelpers.lesson.checks import examine
from labhelpers.lesson.exercises import exercise, expect
from labhelpers.lesson.time_limit import TimeIsUp, _limit_by_interrupt


@pytest.fixture(autouse=True)
def exercises(exercises_put_back):
    @exercise("sample-count", hint="A hint.", limit_s=0.5)
    def _(answer):
        yield expect(answer, 72, 3, right=15555)


def count(side_px, num_classes):
    return side_px**2 * num_classes + num_classes


def endless(s, k):
    while True:
        pass


def stubborn(s, k):
    while True:
        try:
            while True:
                time.sleep(0.01)
        except Exception:
            continue


@pytest.mark.parametrize("answer", [endless, stubborn])
def test_a_loop_without_end_is_stopped(answer):
    start = time.perf_counter()
    verdict = examine("sample-count", answer)
    assert time.perf_counter() - start < 5
    assert verdict.status == "wrong"
    assert "stopped after 0.5 s" in verdict.message


def test_the_limit_leaves_no_trace():
    before = signal.getsignal(signal.SIGALRM)
    examine("sample-count", endless)
    examine("sample-count", count)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_way_of_windows_stops_loops_too():
    with pytest.raises(TimeIsUp), _limit_by_interrupt(0.3):
        endless(1, 1)
    with _limit_by_interrupt(0.05):
        pass
    time.sleep(0.1)  # nothing may come after the end
    with pytest.raises(KeyboardInterrupt), _limit_by_interrupt(5):
        raise KeyboardInterrupt


def test_in_another_thread_the_check_still_answers():
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.append(examine("sample-count", count)))
    thread.start()
    thread.join()
    assert verdicts[0].status == "right"


CELLS = """
from labhelpers.lesson.exercises import exercise, expect
@exercise("kernel-sample", hint="A hint.", limit_s=0.5)
def _(answer):
    yield expect(answer, 2, right=4)
---
def double(x):
    while True:
        pass
---
from labhelpers.lesson.checks import check
check("kernel-sample", double)
---
def double(x):
    return x / undefined
---
check("kernel-sample", double)
---
check("kernel-sample", lambda x: 2 * x)
"""


def test_in_a_notebook_a_loop_is_stopped_and_the_kernel_goes_on():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c.strip()) for c in CELLS.split("---")]
    )
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [c.outputs for c in notebook.cells]
    assert all(o.output_type == "display_data" for out in outputs for o in out)
    texts = [out[0].data["text/plain"] for out in outputs if out]
    assert "stopped after 0.5 s" in texts[0]
    assert "in the line `return x / undefined`" in texts[1]
    assert texts[2] == "✓ Right."
