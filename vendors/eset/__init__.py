"""The plugin for ESET MSP Administrator 2: licences whose units change once a day."""
