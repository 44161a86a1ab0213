"""One style for all plots, readable in light and in dark."""

import matplotlib as mpl
from cycler import cycler

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#c0689a", "#7b4fe0")
"""Line colours: after Okabe and Ito, moved so that each has a contrast of at least 3 to white
and to a dark page alike, and stays apart from the others for colour-blind readers."""

LINE_STYLES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1.5)))
"""One for each colour: no line is told from another by colour alone."""

MARKERS = ("o", "s", "^", "D", "v")
"""One for each colour."""

INK = "#757677"
"""Text and axes. `show_figure` turns it into the colour of the page's text; where a figure is
shown without it, this grey is legible on white and on black."""


def use_style() -> None:
    """Sets the book's plot style for all figures made afterwards.

    Colours that colour-blind readers can tell apart, lines that differ in dashes as well, light
    grids, no frames, transparent paper, text of at least 9 points.
    """
    mpl.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": INK,
            "axes.facecolor": "none",
            "axes.grid": True,
            "axes.labelcolor": INK,
            "axes.labelsize": 11,
            "axes.prop_cycle": cycler(color=COLOURS) + cycler(linestyle=LINE_STYLES),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlecolor": INK,
            "axes.titlesize": 11,
            "figure.constrained_layout.use": True,
            "figure.dpi": 100,
            "figure.facecolor": "none",
            "figure.figsize": (7.0, 3.6),
            "font.size": 11,
            "grid.alpha": 0.25,
            "grid.color": INK,
            "grid.linewidth": 0.6,
            "hatch.color": INK,
            "image.cmap": "gray",
            "image.interpolation": "none",
            "legend.fontsize": 10,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "patch.edgecolor": INK,
            "savefig.facecolor": "none",
            "svg.fonttype": "path",
            "text.color": INK,
            "xtick.color": INK,
            "xtick.labelsize": 10,
            "ytick.color": INK,
            "ytick.labelsize": 10,
        }
    )
