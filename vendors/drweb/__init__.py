"""The plugin for Dr.Web AV-Desk: stations of an anti-virus service, counted by ourselves."""
