"""The pages of the missions."""
