"""Certificates of OpenSRS (Tucows), Comodo PositiveSSL among them (CR-507)."""
