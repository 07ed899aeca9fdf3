"""What the screens read of missions; nothing here writes."""
