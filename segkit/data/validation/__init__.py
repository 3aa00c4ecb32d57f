"""Validate tables once while they are loaded: rename, check and convert their columns. All later code trusts the result."""
