"""What commands were called up to version 0.1: it still answers for one release."""

import sys
from collections.abc import Sequence

NEW_WORDS = {
    "book": "book build",
    "sync": "book sync",
    "execute": "book run",
    "replicate": "book replicate",
    "claims": "book claims",
    "stale": "book stale",
    "check": "book check",
    "serve": "book serve",
    "test": "book test",
    "bench": "book bench",
    "bench hardware": "speed",
    "mark": "class mark",
    "data serve": "class serve",
}


def renew(words: Sequence[str]) -> list[str]:
    """Puts today's words in place of old ones typed after `labs`, and says so on standard error."""
    for count in (2, 1):
        old = " ".join(words[:count])
        # `book` is the name of a group today, and built the pages when it stood alone.
        if old in NEW_WORDS and len(words) >= count and (old != "book" or len(words) == 1):
            new = NEW_WORDS[old]
            told = f"`labs {old}` is called `labs {new}` now"
            print(f"labs: {told}; the old word goes with the next release.", file=sys.stderr)
            return [*new.split(), *words[count:]]
    return list(words)
