"""The feed of driver apps (Spirii Go and branded apps): exact payloads, not who wins when."""
