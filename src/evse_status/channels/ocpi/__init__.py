"""OCPI 2.1.1 (read only), 2.2.1, 2.3.0: exact payloads and how they travel, not who wins when."""
