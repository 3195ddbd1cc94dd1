"""The plugin for Google: G Suite and Google Workspace, sold through the Reseller API."""
