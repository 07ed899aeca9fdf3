"""Checks before a report, and the arithmetic of the indicators. Pure Python."""
