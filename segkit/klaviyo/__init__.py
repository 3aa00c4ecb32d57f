"""The outside world called Klaviyo: its definitions, its accounts, its importer."""
