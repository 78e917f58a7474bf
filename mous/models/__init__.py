"""The register: clear are instruments, kinds of acts, dates and states; sealed is what is typed.

So everybody sees at once who takes part, and the switchboard needs no key. By theme:
`instruments` (what can be signed, by whom, under which rules), `acts` (what was done, entered by
one and confirmed by another), `words` (the keys, and what lies under them), `steps` (what an
administration does at home), `depositary` (notifications and their receipt) and `bases` (on what
sharing rests: the gate of an instrument, other authorities, each administration's own law).
"""

from mous.models.acts import Act, ActDraft, ActState
from mous.models.bases import (
    AuthorityEnd,
    AuthorityKind,
    DataKind,
    Gate,
    GateSetting,
    LegalBasis,
    OtherAuthority,
    Purpose,
)
from mous.models.depositary import Notification, Receipt
from mous.models.instruments import (
    Instrument,
    InstrumentKind,
    Participation,
    Party,
    TakesEffect,
    TextVersion,
)
from mous.models.steps import Chase, ChaseSetting, StepNote, WaitsFor
from mous.models.words import RegisterKey

__all__ = [
    "Act",
    "ActDraft",
    "ActState",
    "AuthorityEnd",
    "AuthorityKind",
    "Chase",
    "ChaseSetting",
    "DataKind",
    "Gate",
    "GateSetting",
    "Instrument",
    "InstrumentKind",
    "LegalBasis",
    "Notification",
    "OtherAuthority",
    "Participation",
    "Party",
    "Purpose",
    "Receipt",
    "RegisterKey",
    "StepNote",
    "TakesEffect",
    "TextVersion",
    "WaitsFor",
]
