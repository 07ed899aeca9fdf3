"""Django's PostgreSQL engine, over a server that starts when the first connection is opened."""
