"""Work out tables about segments, such as sizes and overlaps. `segkit.charts` draws them."""
