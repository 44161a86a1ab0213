"""The page for teachers, as the built book shows it."""

from __future__ import annotations

import re


def test_it_says_what_a_class_needs(written):
    page = next(page for page in written if page.name.endswith("/teachers.html"))
    tables = page.article.select(".minutes table")
    assert len(tables) == 2  # a part each
    for table in tables:
        *rows, together = table.select("tbody tr")
        cells = [[c.get_text(strip=True) for c in row.find_all("td")] for row in [*rows, together]]
        assert len(rows) >= 3
        assert all(row.find("a") for row in rows)
        assert cells[-1][0] == "together"
        for column in (1, 3, 4):
            numbers = [int(re.match(r"\d+", row[column])[0]) for row in cells]
            assert sum(numbers[:-1]) == numbers[-1]
        for row in cells:
            assert re.fullmatch(r"[\d.]+ (?:seconds?|minutes?)", row[2])
            assert int(row[3]) >= 3
