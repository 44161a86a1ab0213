"""The tables that are made from the recorded results."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import find_chapters, find_tags, read_source
from labhelpers.authoring.site.recorded import Recorded, describe_summary, load_recorded
from labhelpers.lesson.claim_table import format_reported
from labhelpers.lesson.claims import CLAIMS_NAME, Judgement
from labhelpers.lesson.ledger import LEDGER_NAME
from labhelpers.lesson.start import TIMINGS_NAME, format_minutes

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
MARKS = string.ascii_lowercase
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PROFILES = ("quick", "full")


def make_table(header: list[str], marks: list[str], rows: list[list[str]]) -> list[str]:
    """Write the lines of a Markdown table; `marks` are the columns' alignments, such as `--:`."""
    lines = [header, marks, *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def keep_together(text: str) -> str:
    """Let a line break only where it may: `0.9 ± 0.1` stays in one piece."""
    text = re.sub(r"\b1e([+-]\d+)", lambda found: f"10{raise_digits(found[1])}", text)
    kept = text.replace("-", MINUS).replace(" ", NO_BREAK)
    return kept.replace(f"{NO_BREAK}(", " (").replace(f"{NO_BREAK}to{NO_BREAK}", " to ")


def raise_digits(exponent: str) -> str:
    """Write a whole number as an exponent: `-06` as ⁻⁶."""
    return str(int(exponent)).translate(RAISED)


class RecordedDirective(SphinxDirective):
    """What the tables share: they read the recorded results and write Markdown."""

    def load(self) -> Recorded:
        """Read the results, and have the page rebuilt when they change."""
        root = Path(self.env.srcdir)
        for name in (LEDGER_NAME, CLAIMS_NAME, TIMINGS_NAME):
            self.env.note_dependency(str(root / "labhelpers" / "lesson" / "results" / name))
        for path in sorted((root / "book" / "chapters").glob("*.py")):
            self.env.note_dependency(str(path))
        return load_recorded(root)

    def chapter_link(self, chapter: str | None, text: str | None = None) -> str:
        """Link to a chapter, when it is among the pages being built."""
        document = f"book/notebooks/{chapter}"
        if chapter is None or document not in self.env.found_docs:
            return text or DASH
        return f"{{doc}}`{text} </{document}>`" if text else f"{{doc}}`/{document}`"

    def parse(self, lines: list[str], *classes: str) -> list[nodes.Node]:
        """Have Markdown read, as the page's own."""
        node = nodes.container(classes=list(classes))
        self.state.nested_parse(lines, self.content_offset, node)
        return [node]


class ResultsTable(RecordedDirective):
    """Set what was reported beside what was measured, for one part of the book or for all."""

    option_spec: ClassVar = {"part": directives.unchanged_required}
    # By title: the alignment of the column.
    columns: ClassVar = {
        **dict.fromkeys(("Row", "What", "Reported", "Ours"), ":--"),
        **dict.fromkeys(("Parameters", "Seconds"), "--:"),
        **dict.fromkeys(("Device", "Goal", "Verdict"), ":--"),
    }

    def run(self) -> list[nodes.Node]:
        """Make the table, and below it where each report stands and what there is to argue."""
        recorded = self.load()
        part = self.options.get("part", "")
        judgements = [j for j in recorded.judgements if j.claim.row.startswith(part)]
        if not judgements:
            raise self.error(f"no claim belongs to the part {part!r} of the book")
        devices: list[str] = []
        rows = [self.write_row(recorded, judgement, devices) for judgement in judgements]
        lines = make_table(list(self.columns), list(self.columns.values()), rows)
        if devices:
            lines += ["", "**Devices**", ""]
            lines += [f"- {mark}: {device}" for mark, device in zip(MARKS, devices, strict=False)]
        argued = [j.claim for j in judgements if j.verdict == "argued"]
        if argued:
            lines += ["", "**Argued**", ""]
            lines += [f"- **{claim.row}**, *{claim.what}*: {claim.argued}" for claim in argued]
        sources: dict[str, dict[str, None]] = {}
        for judgement in judgements:
            sources.setdefault(judgement.claim.source, {})[judgement.claim.row] = None
        lines += ["", "**Reported in**", ""]
        lines += [f"- {', '.join(named)}: {source}" for source, named in sources.items()]
        return self.parse(lines, "results")

    def write_row(self, recorded: Recorded, judgement: Judgement, devices: list[str]) -> list[str]:
        """Write one line of the table; a device gets a letter, which is added to the list."""
        claim = judgement.claim
        told = describe_summary(judgement.ours) if judgement.ours.n else {}
        device = told.get("device", "")
        if device and device not in devices:
            devices.append(device)
        return [
            self.chapter_link(recorded.homes.get(claim.row), claim.row),
            claim.what,
            format_reported(claim.reported) or DASH,
            keep_together(told.get("text", DASH)),
            told.get("parameters", DASH),
            told.get("seconds", DASH),
            MARKS[devices.index(device)] if device else DASH,
            keep_together(claim.goal or DASH),
            f"[{judgement.verdict}]{{.verdict-{judgement.verdict.split()[0]}}}",
        ]


class MinutesTable(RecordedDirective):
    """Say what each chapter costs: minutes to read, and to run in each profile."""

    def run(self) -> list[nodes.Node]:
        """Make the table, and say below it on what it was measured."""
        recorded = self.load()
        rows, machines = [], []
        for chapter, minutes in recorded.reading.items():
            if f"book/notebooks/{chapter}" not in self.env.found_docs:
                continue
            timing = recorded.timings.get(chapter, {})
            timed = [timing[profile] for profile in PROFILES if profile in timing]
            machines += ["{cores} cores of {cpu}".format(**one) for one in timed]
            times = [
                format_minutes(timing[profile]["minutes"]) if profile in timing else DASH
                for profile in PROFILES
            ]
            rows.append([self.chapter_link(chapter), f"{minutes} minutes", *times])
        if not rows:
            return []
        header = ["Chapter", "To read", "To run, `quick`", "To run, `full`"]
        lines = make_table(header, [":--", "--:", "--:", "--:"], rows)
        if machines:
            lines += ["", f"Measured on {' and '.join(dict.fromkeys(machines))}."]
        return self.parse(lines, "minutes")


class ClassTable(RecordedDirective):
    """Say what a class needs for some chapters: minutes to read and to run, and what to do."""

    option_spec: ClassVar = {"first": directives.positive_int, "last": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        """Make the table, with a last row for all of them together."""
        recorded = self.load()
        first, last = self.options.get("first", 1), self.options.get("last", 10_000)
        rows, sums = [], [0.0] * 4
        for chapter in find_chapters(Checkout(Path(self.env.srcdir))):
            timing = recorded.timings.get(chapter.name, {}).get("quick")
            shown = f"book/notebooks/{chapter.name}" in self.env.found_docs
            if not (shown and timing and first <= chapter.number <= last):
                continue
            tags = [tag for cell in read_source(chapter) for tag in find_tags(cell)]
            exercises = sum(tag.startswith("exercise-") and tag.endswith("-stub") for tag in tags)
            questions = tags.count("quiz")
            numbers = [recorded.reading[chapter.name], timing["minutes"], exercises, questions]
            sums = [total + number for total, number in zip(sums, numbers, strict=True)]
            rows.append([self.chapter_link(chapter.name), *_write_needs(numbers)])
        if not rows:
            raise self.error(f"no chapter from {first} to {last} has been run in `quick` yet")
        rows.append(["together", *_write_needs(sums)])
        header = ["Chapter", "To read", "To run, `quick`", "Exercises", "Questions"]
        return self.parse(make_table(header, [":--", *["--:"] * 4], rows), "minutes")


def _write_needs(numbers: list[float]) -> list[str]:
    read, run, exercises, questions = numbers
    return [f"{read:.0f} minutes", format_minutes(run), f"{exercises:.0f}", f"{questions:.0f}"]
