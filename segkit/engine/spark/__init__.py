"""Run the statements about a saved shop in a Spark session that the user has."""
