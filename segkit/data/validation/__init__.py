"""Tables as they came are named, checked and read once; after it every function trusts the data."""
