"""Answer questions in memory: index a shop's data and evaluate conditions on it."""
