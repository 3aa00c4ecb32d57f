"""Define segments as small immutable trees, and read, write, explain and compare them. None of this needs a shop's data."""
