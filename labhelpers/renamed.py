"""Old names of modules and functions: they still work for one release, and say the new one."""

import importlib
import importlib.abc
import importlib.machinery
import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

# What chapters up to version 0.1 imported, so that a student's copy of one goes on.
MODULES = {
    "labhelpers.course": "labhelpers.lesson",
    "labhelpers.course.start": "labhelpers.lesson.start",
    "labhelpers.models.mnist": "labhelpers.models.mnist_dense",
    "labhelpers.models.mnist_convolutional": "labhelpers.models.mnist_cnn",
    "labhelpers.models.shapes": "labhelpers.models.shape_networks",
    "labhelpers.training.numpy_network": "labhelpers.training.by_hand.numpy_network",
    "labhelpers.insight.widgets": "labhelpers.widgets",
}
NAMES = {
    f"labhelpers.insight.{name}": f"labhelpers.widgets.{name}"
    for name in (
        "export_model",
        "show_adversarial",
        "show_corner_finder",
        "show_descent",
        "show_digit_breaker",
        "show_digit_drawer",
        "show_draw_and_classify",
        "show_filters",
        "show_frames",
        "show_hyperparameters",
        "show_noise_explorer",
    )
} | {
    "labhelpers.models.build_small_convolutional": "labhelpers.models.build_compact_cnn",
    "labhelpers.models.build_large_convolutional": "labhelpers.models.build_large_cnn",
    "labhelpers.models.build_overlapping_convolutional": "labhelpers.models.build_overlapping_cnn",
    "labhelpers.models.build_strided_convolutional": "labhelpers.models.build_strided_cnn",
}


def find_renamed(room: str, find: Callable[[str], Any]) -> Callable[[str], Any]:
    """Makes, of a room's `__getattr__`, one that also knows the room's old names, and warns."""

    def find_any(name: str) -> Any:
        new = NAMES.get(f"{room}.{name}")
        if new is None:
            return find(name)
        _warn(f"{room}.{name}", new)
        place, _, today = new.rpartition(".")
        return getattr(importlib.import_module(place), today)

    return find_any


class _OldModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module of today under the name that it had."""

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in MODULES:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        _warn(spec.name, MODULES[spec.name])
        module = ModuleType(spec.name)
        module.__path__ = []  # else a module below it would be found, and made, a second time
        today = importlib.import_module(MODULES[spec.name])
        module.__getattr__ = lambda name: getattr(today, name)  # type: ignore[method-assign]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Does nothing: the module of today has been executed."""


def find_old_modules() -> None:
    """Lets `import` find modules by the names that they had."""
    sys.meta_path.append(_OldModules())


def _warn(old: str, new: str) -> None:
    # FutureWarning, since Python hides a DeprecationWarning from those who only use a package.
    warnings.warn(
        f"{old} is called {new} now; the old name goes with the next release.",
        FutureWarning,
        stacklevel=4,
    )
