"""The training of the model behind `nlu.parse`; not imported at run time. `python -m nlu.training --help`."""
