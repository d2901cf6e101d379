"""The changes of the sessions' tables; commerce.store.migrations carries them out."""
