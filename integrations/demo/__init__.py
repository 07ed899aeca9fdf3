"""The demonstration: the quarter's workbook moved to the present, and one account per role."""
