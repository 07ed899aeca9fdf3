"""What the planning screens send."""
