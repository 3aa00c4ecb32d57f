"""Answer questions about a saved shop with DuckDB, without loading its events."""
