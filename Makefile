# Thin: each target wraps one `labs` command. Windows has no make: see README.md for the same
# commands without it. Another Python: make book PYTHON=python3.12
PYTHON ?= python3
EXTRAS ?= tensorflow,book,test
SEEDS ?= 5
PROFILE ?= full
BACKENDS ?= tensorflow jax torch

comma := ,
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable
FOR_PAGES := .venv/.installed-book
FOR_RUNS := .venv/.installed-$(subst $(comma),-,$(EXTRAS))
FOR_COLAB := .venv-colab/.installed

.DEFAULT_GOAL := help
.PHONY: help setup test test-backends book execute replicate bench serve check clean

help: ## what can be made, and the habits
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Edit book/chapters/NN_name.py, never the notebook; then: labs book sync, make test."
	@echo "  Run a chapter for real: make execute CHAPTER=01. Its numbers: make replicate ROW=A1."
	@echo "  Build and look: make book, make serve. The labs commands are in .venv/bin."

setup: $(FOR_RUNS) ## install all that chapters and tests need into .venv

test: $(FOR_RUNS) $(FOR_COLAB) ## run every test: the package, the chapters in smoke, the book, the exercises
	$(BIN)/python tests/browser/browsers.py
	$(BIN)/labs book test

# Each backend has an environment of its own: no two of them are meant to share one.
test-backends: $(BACKENDS:%=test-with-%) ## run chapters in smoke with TensorFlow, JAX and PyTorch; CHAPTER=06 for one

test-with-%: .venv-%/.installed
	KERAS_BACKEND=$* .venv-$*/bin/labs book test book/notebooks/$(if $(CHAPTER),$(CHAPTER)_*.ipynb)

book: $(FOR_PAGES) ## build the pages into _build/html (no data, no TensorFlow)
	$(BIN)/labs book build

execute: $(FOR_RUNS) ## run chapters for real; CHAPTER=01 for one, PROFILE=quick for a short run
	$(BIN)/labs book run $(CHAPTER) --profile $(PROFILE)

replicate: $(FOR_RUNS) ## record a result with several seeds: ROW=A1 SEEDS=5
	$(BIN)/labs book replicate $(ROW) --seeds $(SEEDS)

bench: $(FOR_RUNS) ## measure our speed beside plain Keras and beside the machine's limit
	$(BIN)/labs book bench

serve: book ## build the pages and show them at http://localhost:8000
	$(BIN)/labs book serve

check: $(FOR_RUNS) ## style, notebooks in step with their text, stale outputs, claims
	$(BIN)/labs book check

clean: ## remove what was built; keep the environments and the data
	rm -rf _build build dist

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not installed; this needs Python 3.11 or newer (make PYTHON=python3.12 names another one)" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$($(PYTHON) -V 2>&1); this needs Python 3.11 or newer (make PYTHON=python3.12 names another one)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "make: $(PYTHON) cannot make environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv .venv

# A stamp is older than pyproject.toml when dependencies may have changed.
$(FOR_PAGES): pyproject.toml | .venv/bin/python
	$(PIP) '.[book]'
	@touch $@

$(FOR_RUNS): pyproject.toml | .venv/bin/python
	$(PIP) '.[$(EXTRAS)]'
	@touch $@

.PRECIOUS: .venv-%/.installed
.venv-%/.installed: pyproject.toml tests/backend-constraints.txt | .venv/bin/python
	.venv/bin/python -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint tests/backend-constraints.txt --editable '.[$*,test]'
	@touch $@

# What Colab holds, for the test that installing the package there replaces nothing.
$(FOR_COLAB): tests/colab-requirements.txt tests/colab_environment.py | .venv/bin/python
	$(BIN)/python tests/colab_environment.py
