"""A conversation at a microphone: the loop's replies, what one sees of it, and what is kept of it."""
