"""The engine that holds a shop in memory: its index, and conditions evaluated on it."""
