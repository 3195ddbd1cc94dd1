"""The plugin of Dr.Web AV-Desk."""
