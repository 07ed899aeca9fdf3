"""What people send about missions."""
