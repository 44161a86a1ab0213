"""What a chapter does for its reader: starts, says, records, asks, and checks answers.

Importing this room loads no backend.
"""

import lazy_loader

# Loaded at once: this file and its function share a name, and the function must win it.
from labhelpers.lesson.quiz import quiz

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "checks": ["check"],
        "claim_table": ["show_claims"],
        "claims": ["reported"],
        "ledger": ["Summary", "ledger_summary"],
        "machine_table": ["show_machines"],
        "recording": ["name_metric", "record"],
        "start": ["start_chapter"],
        "statements": ["BrokenTie", "say", "tie", "timing"],
    },
)
__all__ += ["quiz"]
