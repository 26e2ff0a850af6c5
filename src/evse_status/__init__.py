"""evse-status: what drivers are told about a charger."""

__version__ = "0.1.0"
