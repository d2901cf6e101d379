"""The shop as tools for other assistants: what they may ask, and what they get. Pure; knows no protocol."""
