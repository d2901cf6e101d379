"""Surfaces: pure translation between a channel and Turn and Reply."""
