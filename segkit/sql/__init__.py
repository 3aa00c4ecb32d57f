"""Write conditions and questions about them as SQL over the tables of a saved shop. Runs nothing: see `segkit.engine.duckdb`."""
