"""The pretend Dr.Web AV-Desk."""
