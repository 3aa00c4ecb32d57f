"""Work with Klaviyo: segment definitions, live accounts, and checks of files for its importer."""
