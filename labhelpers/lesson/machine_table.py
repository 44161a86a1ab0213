"""The table of machines: what `labs speed` measured, a line of `machines.jsonl` each."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import UnionType

from labhelpers.insight.show.outputs import show_bundle
from labhelpers.insight.show.tables import draw_table
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.result_files import find_results, read_text

MACHINES_NAME = "machines.jsonl"
NETWORKS = {
    "linear": "one layer",
    "small_cnn": "small CNN",
    "hourglass": "hourglass",
    "regressor": "vertex regressor",
}
_NO_CARD = (
    "No graphics card has been measured yet: none was at hand. `labs speed`, run on a "
    "machine that has one, adds its row."
)
_KINDS: Mapping[str, type | UnionType] = {
    "cpu": str,
    "cores": int,
    "memory_gb": int | float,
    **dict.fromkeys(("gpu", "matrix_unit"), str | None),
    **dict.fromkeys(("product", "training", "versions"), dict),
    "date": str,
}


@dataclass(frozen=True)
class Machine:
    """What was measured on one machine.

    Attributes:
        cpu: Name of its processor.
        cores: Cores that the process could use.
        memory_gb: Memory that it could use, in units of 2**30 bytes.
        gpu: Name of the graphics card that did the work, or None.
        matrix_unit: "AMX", "AVX512-BF16" or None.
        product: Thousand million additions and multiplications a second (GFLOP/s) of a matrix
            product, by precision.
        training: Images a second that `fit_model` trained on, by network.
        versions: Of Python, Keras and the backend.
        date: When, in UTC, such as "2026-01-31T12:00:00Z".
    """

    cpu: str
    cores: int
    memory_gb: float
    gpu: str | None
    matrix_unit: str | None
    product: dict[str, float]
    training: dict[str, float]
    versions: dict[str, str]
    date: str

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells machines apart: graphics card, processor, cores."""
        return (self.gpu or "", self.cpu, self.cores)

    @property
    def name(self) -> str:
        """The graphics card, or the processor with its cores and matrix unit."""
        if self.gpu:
            return self.gpu
        unit = f" with {self.matrix_unit}" if self.matrix_unit else ""
        return f"{self.cpu}, {self.cores} core{'' if self.cores == 1 else 's'}{unit}"


def read_machines(path: Path | None = None) -> list[Machine]:
    """Reads the table, the book's own without a path; without the file it is empty.

    Raises:
        BookError: If a line is not a machine's, or two are the same machine's.
    """
    path = path or find_results() / MACHINES_NAME
    machines: list[Machine] = []
    for number, line in enumerate((read_text(path) or "").splitlines(), start=1):
        if not line.strip():
            continue
        machine = parse_machine(line, place=f"{path.name}, line {number}")
        if machine.key in {known.key for known in machines}:
            raise BookError(
                f"{path.name}, line {number}: {machine.name} has a row already: keep one of them"
            )
        machines.append(machine)
    return machines


def parse_machine(line: str, *, place: str) -> Machine:
    """Makes a machine of a line of JSON; `place` says in errors where it stands.

    Raises:
        BookError: If it is not JSON, or a field is missing, unknown, or of a wrong kind.
    """
    advice = "; labs speed writes a row as it must be"
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise BookError(f"{place}: not JSON ({error.msg}){advice}") from None
    if not isinstance(found, dict):
        raise BookError(f"{place}: an object is wanted, but it is a {type(found).__name__}")
    for name in sorted(set(_KINDS) ^ set(found)):
        told = "is missing" if name in _KINDS else "is not known"
        raise BookError(f"{place}: the field {name} {told}{advice}")
    for name, kind in _KINDS.items():
        if not isinstance(found[name], kind) or isinstance(found[name], bool):
            wanted = kind.__name__ if isinstance(kind, type) else str(kind).replace("None", "null")
            raise BookError(f"{place}: {name} must be {wanted}, but is {found[name]!r}{advice}")
    for name in ("product", "training"):
        for key, value in found[name].items():
            if type(value) not in (int, float) or not 0 < value < math.inf:
                raise BookError(f"{place}: {name} {key} must be a rate, but is {value!r}{advice}")
    if found["cores"] < 1 or not found["cpu"].strip() or "float32" not in found["product"]:
        raise BookError(f"{place}: it lacks a processor, cores or a float32 product{advice}")
    return Machine(**found)


def merge_machine(machines: Iterable[Machine], new: Machine) -> list[Machine]:
    """Puts a machine into the table, in place of the row that it had.

    Processors come first, then graphics cards, by name.
    """
    return sorted([*(m for m in machines if m.key != new.key), new], key=lambda m: m.key)


def write_machines(machines: Iterable[Machine]) -> str:
    """Writes the table: one line a machine."""
    return "".join(json.dumps(asdict(m), ensure_ascii=False) + "\n" for m in machines)


def show_machines() -> None:
    """Shows the table of machines that were measured, in the notebook and in the book."""
    show_bundle(draw_machines(read_machines()))


def draw_machines(machines: Sequence[Machine]) -> dict[str, str]:
    """Draws the table of `show_machines`: its text by MIME type."""
    if not machines:
        text = "No machine is in the table yet: `labs speed` puts this one in."
        return {"text/markdown": text, "text/plain": text}
    header = ["machine", "GFLOP/s, float32", "lower precision", *NETWORKS.values(), "measured"]
    drawn = draw_table(header, [format_machine(machine) for machine in machines])
    if any(machine.gpu for machine in machines):
        return drawn
    return {kind: f"{text}\n\n{_NO_CARD}" for kind, text in drawn.items()}


def format_machine(machine: Machine) -> list[str]:
    """Writes a machine as the cells of a table."""
    lower = [f"{v:,.0f} ({p})" for p, v in machine.product.items() if p != "float32"]
    rates = [machine.training.get(name) for name in NETWORKS]
    backend = next((n for n in machine.versions if n not in ("python", "keras")), "")
    return [
        machine.name,
        f"{machine.product['float32']:,.0f}",
        ", ".join(lower),
        *("" if rate is None else f"{rate:,.0f}" for rate in rates),
        f"{machine.date[:10]}, {backend} {machine.versions.get(backend, '')}".strip(", "),
    ]
