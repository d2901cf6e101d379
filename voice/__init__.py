"""Ears and mouth: speech detection, speech to text, text to speech. Knows sound, never shopping."""
