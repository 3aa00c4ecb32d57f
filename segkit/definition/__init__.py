"""What a segment says: one small immutable tree, and everything that reads it without data."""
