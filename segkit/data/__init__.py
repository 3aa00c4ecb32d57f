"""Read files and frames, and validate them as the tables of a Dataset. `segkit.engine` evaluates segments on them."""
