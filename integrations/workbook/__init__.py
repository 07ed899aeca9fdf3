"""The legacy Excel workbook: read, normalised, replayed (domain: workbook.md)."""
