"""Files of every kind, and pages of Klaviyo's API, as tables of cells that are not read yet."""
