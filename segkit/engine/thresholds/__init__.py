"""Work out the quantity that a threshold applies to, and how many profiles are members at each of its positions."""
