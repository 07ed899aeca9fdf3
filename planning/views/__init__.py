"""Pages of the planning."""
