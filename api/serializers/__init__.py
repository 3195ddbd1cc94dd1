"""The shapes of the API's records: one file per resource."""
