"""The cockpit of the cut-over: runs, proofs, classification, conditions, the go."""
