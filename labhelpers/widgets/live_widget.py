"""What all widgets share."""

from typing import Any, ClassVar

import anywidget
import traitlets

from labhelpers.widgets.package_files import join_module, read_style

# Raised when what a module expects of a widget's state changes; `controls.js` has the same.
STATE_FORMAT = 1


class LiveWidget(anywidget.AnyWidget):
    """A widget that works without a kernel.

    A class names its JavaScript module and the room that it takes in a page; its instances say
    what they show.

    Attributes:
        still: An `<svg>` or `<img>` for print, for pages without JavaScript and for failures.
        message: What the widget teaches, in a sentence or two: text of places that show no widget.
        space: Height in px that a wide page and a narrow one keep free for it.
    """

    module: ClassVar[str] = ""
    height_px: ClassVar[tuple[int, int]] = (400, 600)

    format = traitlets.Int(STATE_FORMAT).tag(sync=True)
    still = traitlets.Unicode().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    space = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, **values: Any) -> None:
        self._esm = join_module(self.module)
        self._css = read_style()
        super().__init__(space=list(self.height_px), **values)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        shown = super()._repr_mimebundle_(**options)
        # A tuple of data and metadata, or data alone, by the version of ipywidgets.
        data = shown[0] if isinstance(shown, tuple) else shown
        if data:
            data["text/plain"] = f"Widget (run the cell to move it): {self.message}"
        return shown
