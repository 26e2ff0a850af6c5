"""The rules, as pure functions. No clock, no input or output, nothing but the standard library and dateutil's rrule."""
