"""Read the tables that connectors and shops export, such as Fivetran's, and convert them to a shop's profiles, events and lists."""
