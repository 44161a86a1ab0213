"""What this machine is: its processor, cores, memory, GPU and matrix unit."""

import functools
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import joblib


@dataclass(frozen=True)
class Gpu:
    """A graphics card."""

    name: str
    capability: tuple[int, int] | None  # as Nvidia counts generations; None elsewhere


@dataclass(frozen=True)
class Hardware:
    """What a run has to work with.

    Attributes:
        cpu: Name of the processor.
        cores: Cores that this process may really use.
        memory_gb: Memory that this process may really use, in units of 2**30 bytes.
        gpu: Name of the graphics card that the backend uses, or None.
        backend: "tensorflow", "jax", "torch" or another name that Keras is set to.
        matrix_unit: "AMX", "AVX512-BF16" or None: what makes bfloat16 fast on this CPU.
        precision: What large networks are trained in here: "bfloat16", "float16" or "float32".
    """

    cpu: str
    cores: int
    memory_gb: float
    gpu: str | None
    backend: str
    matrix_unit: str | None
    precision: str

    def __str__(self) -> str:
        unit = f" with {self.matrix_unit}" if self.matrix_unit else ""
        plural = "" if self.cores == 1 else "s"
        lines = [
            f"{self.cpu}, {self.cores} core{plural}{unit}, {self.memory_gb:.1f} GB of memory",
            f"GPU: {self.gpu or 'none'}",
            f"{self.backend}, large networks in {self.precision}",
        ]
        return "\n".join(lines)


def describe_hardware(*, ask_backend: bool = False) -> Hardware:
    """Describes this machine.

    Args:
        ask_backend: Whether to import the backend, when it is not loaded yet, to learn which
            GPU it can use. Without it, the Nvidia driver is asked.

    Returns:
        The description. A backend that is loaded already is always asked.
    """
    gpu = find_gpu(ask_backend=ask_backend)
    unit = find_matrix_unit()
    return Hardware(
        cpu=find_cpu_name(),
        cores=joblib.cpu_count(),
        memory_gb=measure_memory_bytes() / 2**30,
        gpu=gpu.name if gpu else None,
        backend=find_backend_name(),
        matrix_unit=unit,
        precision=pick_fast_precision(gpu, unit),
    )


def pick_fast_precision(gpu: Gpu | None, matrix_unit: str | None) -> str:
    """Returns the precision in which this machine multiplies large matrices fastest.

    "bfloat16" on Ampere (8, 0) and newer and on a CPU with a matrix unit, "float16" on Volta (7, 0)
    and Turing (7, 5), else "float32".
    """
    if gpu is not None:
        if gpu.capability is None or gpu.capability < (7, 0):
            return "float32"
        return "bfloat16" if gpu.capability >= (8, 0) else "float16"
    return "bfloat16" if matrix_unit else "float32"


def find_backend_name() -> str:
    """Returns the backend that Keras uses, or would use, without importing it."""
    keras = sys.modules.get("keras")
    if keras is not None and hasattr(keras, "config"):
        return keras.config.backend()
    if name := os.environ.get("KERAS_BACKEND"):
        return name
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    try:
        return json.loads((home / "keras.json").read_text()).get("backend", "tensorflow")
    except (OSError, ValueError):
        return "tensorflow"


@functools.cache
def find_cpu_name() -> str:
    """Returns the processor's name, as the system tells it."""
    name = ""
    try:
        if sys.platform.startswith("linux"):
            name = _read_cpuinfo().get("model name") or _read_cpuinfo().get("hardware") or ""
        elif sys.platform == "darwin":
            name = _run("sysctl", "-n", "machdep.cpu.brand_string")
        elif sys.platform == "win32":
            name = _read_windows_cpu_name()
    except OSError:
        name = ""
    name = name or platform.processor() or platform.machine() or "unknown CPU"
    return re.sub(r"\s+", " ", re.sub(r"\((R|TM|C)\)", "", name, flags=re.IGNORECASE)).strip()


def find_matrix_unit() -> str | None:
    """Returns "AMX", "AVX512-BF16" or None: what makes bfloat16 products fast on this CPU."""
    flags = _find_cpu_flags()
    if {"amx_bf16", "amx_tile"} <= flags:
        return "AMX"
    return "AVX512-BF16" if "avx512_bf16" in flags else None


def measure_memory_bytes() -> int:
    """Measures the memory this process may really use, in bytes; 0 when unknown."""
    amounts = []
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        text = _read_text(path)
        if text.isdecimal():
            amounts.append(int(text))
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        amounts.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    elif sys.platform == "win32":
        amounts.append(_read_windows_memory())
    return min((amount for amount in amounts if amount > 0), default=0)


def find_gpu(*, ask_backend: bool = False) -> Gpu | None:
    """Finds the graphics card that the backend uses, or None.

    A backend that is not loaded yet is only imported with `ask_backend`; else the Nvidia driver is
    asked.
    """
    backend = find_backend_name()
    if backend in sys.modules or (ask_backend and importlib.util.find_spec(backend)):
        return _ask_backend(backend)
    return _ask_nvidia_driver()


def _ask_backend(backend: str) -> Gpu | None:
    """Asks an installed backend for the graphics card it uses; the first one."""
    if backend == "tensorflow":
        import tensorflow as tf

        for device in tf.config.list_physical_devices("GPU"):
            details = tf.config.experimental.get_device_details(device)
            name = details.get("device_name", device.name)
            return Gpu(name, details.get("compute_capability"))
    elif backend == "jax":
        import jax

        for device in jax.devices():
            if device.platform == "gpu":
                capability = str(getattr(device, "compute_capability", ""))
                major, _, minor = capability.partition(".")
                known = major.isdecimal() and minor.isdecimal()
                return Gpu(device.device_kind, (int(major), int(minor)) if known else None)
    elif backend == "torch":
        import torch

        if torch.cuda.is_available():
            properties = torch.cuda.get_device_properties(0)
            return Gpu(properties.name, (properties.major, properties.minor))
    return None


@functools.cache
def _ask_nvidia_driver() -> Gpu | None:
    if os.environ.get("CUDA_VISIBLE_DEVICES", "all") in ("", "-1") or not shutil.which(
        "nvidia-smi"
    ):
        return None
    query = "--query-gpu=name,compute_cap"
    try:
        line = _run("nvidia-smi", query, "--format=csv,noheader,nounits").splitlines()[0]
        name, capability = (part.strip() for part in line.split(","))
        major, minor = capability.split(".")
        return Gpu(name, (int(major), int(minor)))
    except (OSError, IndexError, ValueError):
        return None


def _run(*command: str) -> str:
    try:
        # The commands are this module's own, not a caller's.
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _read_text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace").strip()
    except OSError:
        return ""


def _read_cpuinfo() -> dict[str, str]:
    """Returns the first processor's lines of /proc/cpuinfo."""
    first = _read_text("/proc/cpuinfo").split("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


@functools.cache
def _find_cpu_flags() -> frozenset[str]:
    return frozenset(_read_cpuinfo().get("flags", "").split())


def _read_windows_cpu_name() -> str:
    import winreg

    place = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
        return str(winreg.QueryValueEx(key, "ProcessorNameString")[0])


def _read_windows_memory() -> int:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("rest", ctypes.c_ulonglong * 6),
        )

    status = Status(length=ctypes.sizeof(Status))
    ok = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.total) if ok else 0
