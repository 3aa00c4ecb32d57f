"""Answer questions about a saved shop with one SQL statement each, whichever database runs it."""
