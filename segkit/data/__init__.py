"""Read files and frames, and validate them into the tables of a Dataset. Does not evaluate segments: see `segkit.engine`."""
