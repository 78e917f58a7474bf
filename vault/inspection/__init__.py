"""Inspection of attachments by their content.

`inspect` says what a file is and whether it may be attached, `clean` gives it back without what
tells about its author, camera or place, `safe_name` makes its name harmless. None of them holds
the file in memory, decodes a pixel, expands an entity, or writes anything anywhere.
"""

from vault.inspection.examine import clean, inspect
from vault.inspection.kinds import KINDS
from vault.inspection.limits import MAX_FILE
from vault.inspection.names import safe_name
from vault.inspection.verdict import Note, NoteCode, Reason, Verdict

__all__ = [
    "KINDS",
    "MAX_FILE",
    "Note",
    "NoteCode",
    "Reason",
    "Verdict",
    "clean",
    "inspect",
    "safe_name",
]
