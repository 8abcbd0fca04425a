"""Printed briefing papers whose every sentence leads back to a fingerprinted passage of a source."""

__version__ = "0.1.0"
