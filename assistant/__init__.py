"""The application: one conversation, many surfaces. Puts voice, nlu and commerce together."""
