"""What Microsoft's plugins share is tested through the one that sells most by it: Office 365's bench."""

from tests.vendors.office365.conftest import bench

__all__ = ["bench"]
