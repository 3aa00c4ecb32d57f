"""Write conditions, and questions about them, as SQL over the tables of a saved shop. `segkit.engine.duckdb` runs the SQL."""
