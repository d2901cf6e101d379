"""Synthetic recordings for tests and the demo, and the script that makes them. Run from the checkout, not installed."""
