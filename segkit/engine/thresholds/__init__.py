"""Work out what a threshold is compared with, and which profiles are members at each of its positions."""
