"""The sections of the suite. Each measures one kind of work, and all peers take turns."""
