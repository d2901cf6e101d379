"""Batch evaluation: recordings with labels in, figures an engineer can act on out. docs/evaluating.md explains it."""
