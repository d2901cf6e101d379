"""Who may use the shop's tools: tokens that are shown, and a small server that gives them out."""
