"""The machine is described as it is, without loading a backend."""

import json
import os
import subprocess
import sys

from labhelpers.training import describe_hardware
from labhelpers.training.hardware import Hardware, find_backend_name

SCRIPT = """
import json, sys
from labhelpers.training import describe_hardware, choose_profile
hardware = describe_hardware()
choose_profile()
loaded = [name for name in ("keras", "tensorflow", "jax", "torch") if name in sys.modules]
print(json.dumps([loaded, vars(hardware), str(hardware)]))
"""


def describe_elsewhere(**environment: str) -> list:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_no_backend_is_loaded_for_it():
    loaded, hardware, text = describe_elsewhere()
    assert loaded == []
    assert hardware["cores"] >= 1
    assert hardware["cpu"] in text


def test_the_backend_is_named_without_loading_it():
    loaded, hardware, _ = describe_elsewhere(KERAS_BACKEND="jax")
    assert hardware["backend"] == "jax"
    assert loaded == []


def test_the_backend_is_read_from_the_settings_file(tmp_path, monkeypatch):
    (tmp_path / "keras.json").write_text('{"backend": "torch"}')
    environment = {"KERAS_HOME": str(tmp_path)}
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert describe_elsewhere(**environment)[1]["backend"] == "torch"


def test_a_loaded_backend_is_asked():
    import keras

    hardware = describe_hardware(ask_backend=True)
    assert hardware.backend == find_backend_name() == keras.config.backend()


def test_cores_are_those_this_process_may_use():
    assert 1 <= describe_hardware().cores <= (os.cpu_count() or 1)
    if hasattr(os, "sched_setaffinity"):  # Linux alone pins a process
        before = os.sched_getaffinity(0)
        try:
            os.sched_setaffinity(0, {min(before)})
            assert describe_hardware().cores == 1
        finally:
            os.sched_setaffinity(0, before)


def test_memory_is_that_of_this_machine():
    memory = describe_hardware().memory_gb
    assert 0.5 < memory < 1e5


def test_it_reads_as_three_lines():
    hardware = Hardware("A CPU", 1, 7.95, None, "tensorflow", None, "float32")
    assert str(hardware).splitlines() == [
        "A CPU, 1 core, 8.0 GB of memory",
        "GPU: none",
        "tensorflow, large networks in float32",
    ]
    hardware = Hardware("A CPU", 2, 8.0, "A100", "jax", "AMX", "bfloat16")
    assert "2 cores with AMX" in str(hardware)
    assert "GPU: A100" in str(hardware)
