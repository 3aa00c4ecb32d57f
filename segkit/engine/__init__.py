"""Work out who is in a segment: load a Dataset and answer questions about it."""
