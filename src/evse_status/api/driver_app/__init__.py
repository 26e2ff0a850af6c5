"""The feed of driver apps as they call it: HTTP in, HTTP out. What they are shown is the services' business."""
