"""Handla over HTTP."""
