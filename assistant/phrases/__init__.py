"""Every word Handla says, one YAML file a language."""
