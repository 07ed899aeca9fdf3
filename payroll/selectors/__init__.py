"""Reads: the facts of pay, periods, agents' sheets."""
