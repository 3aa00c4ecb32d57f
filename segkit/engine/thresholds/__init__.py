"""What a threshold is compared with, and the answer at each of its positions."""
