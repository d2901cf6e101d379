"""Language packs: one folder of YAML a language."""
