"""How does Hubject's OICP 2.3 look on the wire? Status pushes."""
