"""The parts of the suite; each measures one kind of work, with all peers taking turns."""
