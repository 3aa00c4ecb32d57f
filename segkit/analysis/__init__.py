"""Compute tables about segments, such as their sizes and overlaps. `segkit.charts` draws them."""
