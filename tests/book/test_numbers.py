"""Numbers on pages come from the recorded results."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

PROJECT = """\
[project]
name = "labhelpers"
[project.urls]
"""
CLAIMS = """\
[[claim]]
row = "A1"
metric = "test_score"
what = "one layer: score on fresh images"
reported = 0.987
source = "a report"
at_least = 0.9

[[claim]]
row = "A1"
metric = "gap"
what = "how far ahead | of the rest"
reported = "far ahead"
source = "a report"
at_least = 0.5
argued = "The report looked at one run."

[[claim]]
row = "A2"
metric = "likeness"
what = "likeness of weights"
source = "another report"
seeds = 1
"""


def record(row, metric, seed, value):
    return {
        "row": row,
        "metric": metric,
        "seed": seed,
        "code": "0123456789abcdef",
        "numbers": "fedcba9876543210",
        "value": value,
        "unit": None,
        "parameters": 15555,
        "seconds": 3.25,
        "device": "CPU",
        "cpu": "a processor",
        "precision": "float32",
        "versions": {},
        "date": datetime(2026, 1, 31, tzinfo=UTC).isoformat(),
    }


STYLE = "labhelpers/widgets/widgets.css"


@pytest.fixture(scope="module")
def small_book(copy_of_book, tmp_path_factory):
    """A book on three claims, with the real book's settings and no pages yet."""
    real, folder = copy_of_book(), tmp_path_factory.mktemp("small")
    for name in ("_config.yml", "book/templates", "book/static", STYLE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (real / name).rename(folder / name)
    (folder / "pyproject.toml").write_text(PROJECT)
    course = folder / "labhelpers/lesson/results"
    course.mkdir(parents=True)
    (course / "claims.toml").write_text(CLAIMS)
    entries = [record("A1", "test_score", seed, 0.9 + 0.01 * seed) for seed in range(5)]
    entries += [record("A1", "gap", seed, -0.25 + 0.02 * seed) for seed in range(5)]
    entries += [record("A2", "likeness", 0, 0.75)]
    (course / "ledger.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    (course / "timings.json").write_text("{}")
    (folder / "book/pages").mkdir(parents=True)
    (folder / "book/pages/bad.svg").write_text('<svg viewBox="0 0 9 9"><path d="M0 0 9 9"/></svg>')
    (folder / "book/chapters").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def build_page(small_book, build, tmp_path_factory):
    """Write the book's one page, and build it."""

    def write_and_build(name, text):
        (small_book / "_toc.yml").write_text(f"format: jb-book\nroot: book/pages/{name}\n")
        page = small_book / "book/pages" / f"{name}.md"
        page.write_text(f"# A page\n\n{text}\n", encoding="utf-8")
        return build(small_book, tmp_path_factory.mktemp("out"))

    return write_and_build


GOOD = """\
Mean {{ ours.A1.test_score.mean }}, deviation {{ ours.A1.test_score.deviation }},
n {{ ours.A1.test_score.n }}, {{ ours.A1.test_score.parameters }} parameters,
reported {{ reported.A1.test_score }}, {{ book.rows }} rows.

```{results-table}
:part: A
```
"""
UNKNOWN = [
    "ours.A1.no_such_metric.mean",
    "ours.Z9.test_score.mean",
    "ours.A2.likeness.deviation",
    "reported.A2.likeness",
    "nothing",
]
# What is wrong with a page, and what the build says of it.
WRONG = {
    "```{results-table}\n:part: X\n```": "no claim belongs to the part 'X'",
    "```{drawing} bad.svg\n```": "bad.svg needs an :alt:",
    "```{drawing} bad.md\n:alt: No drawing at all.\n```": "bad.md is not an SVG drawing",
    "```{drawing} none.svg\n:alt: Nothing to see.\n```": "none.svg cannot be read",
}


@pytest.fixture(scope="module")
def good(build_page):
    done = build_page("good", GOOD)
    assert done.returncode == 0, done.log[-3000:]
    html = (done.html / "book/pages/good.html").read_text(encoding="utf-8")
    article = re.search(r"<article.*?</article>", html, re.DOTALL)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", article))


@pytest.fixture(scope="module")
def bad(build_page):
    lines = [f"It is {{{{ {key} }}}}." for key in UNKNOWN]
    return build_page("bad", "\n\n".join([*lines, *WRONG]))


def test_pages_say_what_was_recorded(good):
    deviation = math.sqrt(sum((0.01 * (seed - 2)) ** 2 for seed in range(5)) / 4)
    assert f"Mean 0.920, deviation {deviation:.3f}, n 5, 15,555 parameters" in good
    assert "reported 0.987, 2 rows." in good


def test_the_table_sets_what_was_reported_beside_ours(good):
    assert "Row What Reported Ours Parameters Seconds Device Goal Verdict" in good
    assert "0.987 0.920 ± 0.016 (n = 5) 15,555 3.2 a ≥ 0.9 met" in good
    assert "far ahead \N{MINUS SIGN}0.210 ± 0.032 (n = 5) 15,555 3.2 a ≥ 0.5 argued" in good
    assert "how far ahead | of the rest : The report looked at one run." in good
    assert "0.75 (one run) 15,555 3.2 a \N{EN DASH} shown" in good
    assert "a: CPU" in good
    assert "A1: a report" in good
    assert "A2: another report" in good


def test_a_number_that_is_not_recorded_fails_the_build(bad):
    assert bad.returncode != 0
    assert bad.log.count("Substitution error:UndefinedError") == len(UNKNOWN)


@pytest.mark.parametrize("text", WRONG, ids=WRONG.values())
def test_what_cannot_be_shown_fails_the_build(bad, text):
    assert bad.returncode != 0
    assert WRONG[text] in bad.log


def test_the_results_page_lists_every_claim(written):
    from labhelpers.lesson.claims import load_claims

    page = next(page for page in written if page.name.endswith("/results.html"))
    told = re.sub(r"\s+", " ", page.article.get_text(" "))
    claims = load_claims()
    assert claims
    rows = [row.find("td").get_text(strip=True) for row in page.article.select("tbody tr")]
    assert sorted(rows) == sorted(claim.row for claim in claims)
    for claim in claims:
        html = MarkdownIt().renderInline(claim.source)
        assert re.sub(r"<[^>]+>", "", html)[:20] in told.replace(
            "\N{RIGHT SINGLE QUOTATION MARK}", "'"
        )


def test_every_row_with_a_chapter_leads_to_it(written):
    page = next(page for page in written if page.name.endswith("/results.html"))
    for row in page.article.select("tbody tr"):
        link = row.find("td").find("a")
        assert link is not None, row.get_text(" ", strip=True)
        assert "/notebooks/" in str(link["href"])


def test_every_chapter_says_what_it_costs(written):
    page = next(page for page in written if page.name.endswith("/start.html"))
    (table,) = page.article.select(".minutes table")
    listed = [row for row in table.select("tbody tr") if row.find("a")]
    assert len(listed) == sum("/notebooks/" in page.name for page in written)
    for row in listed:
        _, *times = [cell.get_text(strip=True) for cell in row.find_all("td")]
        assert len(times) == 3
        for time in times:
            assert re.fullmatch(r"[\d.]+ (?:seconds?|minutes?)", time), row.get_text(
                " ", strip=True
            )
