"""The workbook's rows as the application's history: idempotent, keyed by the legacy references."""
