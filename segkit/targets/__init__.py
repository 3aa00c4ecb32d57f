"""Segments in the words of other machines; each target is partial, and tells all that it can't say in one error."""
