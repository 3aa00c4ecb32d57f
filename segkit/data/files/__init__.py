"""Read files of every supported format, and pages of Klaviyo's API, into tables whose cells are not interpreted yet."""
