"""Checked tables as Parquet, so that a shop that was read once need not be read and checked again; what is asked of it is others' work."""
