"""OCPI 2.2.1 and 2.3.0 as partners call it: HTTP in, HTTP out. What happens is the services' business."""
