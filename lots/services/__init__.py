"""Writes of the app: imports, draws, closing, documents, clients."""
