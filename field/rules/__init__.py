"""What a questionnaire asks, how answers are read, what they conclude. Pure Python."""
