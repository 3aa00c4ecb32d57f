"""Define segments as small immutable trees, and read, write, explain and compare them. Does not need any data."""
