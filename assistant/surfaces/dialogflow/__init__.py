"""Dialogflow: what its agents send and get, and agents to import."""
