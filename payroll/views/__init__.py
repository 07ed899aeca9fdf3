"""Screens of pay: a month, an agent's sheet, one's own, the scale."""
