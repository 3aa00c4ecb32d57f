"""Write conditions, and questions about them, as SQL over the tables of a saved shop. `segkit.engine.by_sql` runs the SQL."""
