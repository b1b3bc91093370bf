"""Tells apart what kind of message a person sent, before any search: danger, an accusation, a wish, a question."""

from knowledge.triage.danger import Emergency, emergency
from knowledge.triage.manner import courtesy, fragment, intent
from knowledge.triage.offence import accusation, victim
from knowledge.triage.privacy import keepable, mask

__all__ = [
    "Emergency",
    "accusation",
    "courtesy",
    "emergency",
    "fragment",
    "intent",
    "keepable",
    "mask",
    "victim",
]
