"""The log of changes, for people to read. Its rows name people and sites by number, so that it
outlives them. No feature goes on from it: it may be cut at any time."""

from tour.audit.noted import Noted


class AuditEntry(Noted):
    """One change, as people read it."""

    class Meta:
        table = "audit_entry"
