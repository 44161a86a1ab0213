"""Tables in the page."""

import re
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from labhelpers.insight.show.outputs import show_bundle
from labhelpers.training.times import TIME_MARK

_NUMERIC = re.compile(r"^[-+\u2212±]?[\d.,]+( ?[%\u00d7x])?( ± [\d.,]+)?$")


def show_table(
    header: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    caption: str | None = None,
    decisive: str | None = None,
    digits: int = 3,
) -> None:
    """Shows a table in the notebook and in the book.

    Columns of numbers are set flush right. Texts stay as they are, Markdown included; whole
    numbers get separators for the thousands; other numbers get `digits` decimals.

    Args:
        header: Title of each column.
        rows: Cells of each row, as many as there are columns; None is an empty cell.
        caption: A sentence over the table.
        decisive: Title of the column that the text discusses, such as "test score". The book
            keeps it in view on a screen of any width, also where the table is wider than the
            screen; a table of more than three columns needs one.
        digits: Decimals of numbers that are not whole.

    Raises:
        ValueError: If a row has another number of cells than the header, or if `decisive` is not
            one of the titles, or is the title of several columns.
    """
    show_bundle(draw_table(header, rows, caption=caption, decisive=decisive, digits=digits))


def draw_table(
    header: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    caption: str | None = None,
    decisive: str | None = None,
    digits: int = 3,
) -> dict[str, str]:
    """Draws a table for `show_table`, whose arguments these are; returns its text by MIME type.

    It is Markdown, in which the title of the decisive column stands in `<span class="decisive">`,
    and plain.
    """
    header = [str(title) for title in header]
    if not header:
        raise ValueError("header must hold at least one title, but is empty.")
    if decisive is not None and header.count(decisive) != 1:
        raise ValueError(
            f"decisive must be the title of one column ({', '.join(map(repr, header))}), but "
            f"{decisive!r} is the title of {header.count(decisive) or 'none'}. Give the title as "
            "it stands in header, and give each column a title of its own."
        )
    cells = []
    for number, row in enumerate(rows, start=1):
        if isinstance(row, str) or len(row) != len(header):
            raise ValueError(
                f"rows must hold {len(header)} cells each, one for each title in the header, but "
                f"row {number} is {row!r}."
            )
        cells.append([_format(cell, digits) for cell in row])
    if not cells:
        raise ValueError("rows must hold at least one row, but is empty.")
    numeric = [
        any(filled := [c for c in column if c]) and all(map(_is_numeric, filled))
        for column in zip(*cells, strict=True)
    ]
    lines = [f"*{caption.strip()}*", ""] if caption else []
    lines.append(_join(_write_title(title, title == decisive) for title in header))
    lines.append(_join("---:" if right else ":---" for right in numeric))
    lines.extend(_join(_escape(cell) for cell in row) for row in cells)

    widths = [max(map(_measure, column)) for column in zip(header, *cells, strict=True)]
    plain = [caption] if caption else []
    for row in [header, *cells]:
        plain.append(
            "  ".join(
                _pad(c, w - _measure(c), right)
                for c, w, right in zip(row, widths, numeric, strict=True)
            ).rstrip()
        )
    return {"text/markdown": "\n".join(lines), "text/plain": "\n".join(plain)}


def _format(cell: Any, digits: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, Integral):
        return f"{int(cell):,}"
    if isinstance(cell, Real):
        return f"{float(cell):,.{digits}f}"
    return " ".join(str(cell).split())


def _write_title(title: str, decisive: bool) -> str:
    # A span and no attribute of MyST's, since JupyterLab and Colab show what they do not know.
    escaped = _escape(title)
    return f'<span class="decisive">{escaped}</span>' if decisive else escaped


def _is_numeric(cell: str) -> bool:
    return bool(_NUMERIC.match(cell.replace(TIME_MARK, "")))


def _measure(cell: str) -> int:
    """Returns how many characters of a cell are seen."""
    return len(cell.replace(TIME_MARK, ""))


def _pad(cell: str, width: int, right: bool) -> str:
    return " " * width + cell if right else cell + " " * width


def _escape(cell: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", cell)


def _join(cells: Any) -> str:
    return "| " + " | ".join(cells) + " |"
