"""Lots: fiches, rates and the verdict (domain.md, R1 to R15). Plain Python, no clock."""
