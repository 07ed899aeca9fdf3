"""Screens of the cockpit, for head office, direction and administration."""
