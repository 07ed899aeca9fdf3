"""The planning engine's rules: plain Python, no clock, no database, no network."""
