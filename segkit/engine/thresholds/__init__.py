"""Work out what a threshold is compared with, and who is in at each of its positions."""
