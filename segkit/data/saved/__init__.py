"""Save validated tables as Parquet files, and open them without validating them again. `segkit.engine` evaluates them."""
