"""What the planning screens read."""
