"""Finding numbers that were typed into prose, where only measured ones belong."""

from __future__ import annotations

import re

# What is not prose: fenced blocks, inline code, mathematics, addresses, identifiers of papers,
# comments, roles and substitutions.
_NOT_PROSE = [
    re.compile(r"^ *(?P<fence>`{3,}|~{3,}|:{3,}).*?^ *(?P=fence) *$", re.DOTALL | re.MULTILINE),
    re.compile(r"\$\$.*?\$\$", re.DOTALL),
    re.compile(r"(?<!\\)\$(?=\S)[^$\n]*(?:\n[^$\n]+)*?(?<=\S)\$"),
    re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"\]\([^)]*\)|<?https?://\S+"),
    re.compile(r"\b(?:arXiv|doi|DOI)[: ]*\S+"),
    re.compile(r"\{\{.*?\}\}", re.DOTALL),
]
_TYPED = re.compile(r"\d+(?:[.,]\d+)?\s?(?:%|per\s?cent\b)|\d+\.\d{3,}")
_QUOTED = re.compile(r"<!--\s*quoted:\s*\S.*?-->", re.DOTALL)


def find_typed_numbers(text: str) -> list[str]:
    """Finds percentages and decimals of three or more digits in Markdown.

    A paragraph that quotes a number from elsewhere says where from, in a comment:
    `<!-- quoted: source -->`.

    Args:
        text: Markdown.

    Returns:
        Each number with the words around it.
    """
    for pattern in _NOT_PROSE[:4]:
        text = pattern.sub(" ", text)
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        if _QUOTED.search(paragraph):
            continue
        for pattern in _NOT_PROSE[4:]:
            paragraph = pattern.sub(" ", paragraph)
        for match in _TYPED.finditer(paragraph):
            around = paragraph[max(0, match.start() - 30) : match.end() + 20]
            found.append(f"{match[0]!r} in '{' '.join(around.split())}'")
    return found
