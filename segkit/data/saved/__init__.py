"""Save validated tables as Parquet files, and open them without validating again. Does not evaluate them: see `segkit.engine`."""
