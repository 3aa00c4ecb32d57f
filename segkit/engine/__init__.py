"""Who is in a segment: a Dataset, and the answers to questions about it."""
