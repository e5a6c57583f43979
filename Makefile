# Porelight: make demo, make test. Needs Python 3.11 or newer and nothing else.
# While working on a stage: make quick STAGE=photo (a folder or a test_*.py of tests/; several in quotes).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Each core starts with a stretch of whole files, so that what a file sets up once is set up once; who is done helps out.
PARALLEL := -n logical --dist worksteal
STAMP := $(VENV)/.installed

.PHONY: setup demo check test quick slow serve docs validation clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Porelight needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[atlas,cluster,fhir,pdf,table,dev,docs]'
	@touch $(STAMP)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup
	$(BIN)/pytest $(PARALLEL)

quick: setup
	$(BIN)/pytest $(PARALLEL) -m "not slow and not browser" $(foreach stage,$(STAGE),$(wildcard tests/$(stage) tests/test_$(stage).py))

slow: setup
	$(BIN)/pytest $(PARALLEL) -m slow

demo: setup
	$(BIN)/porelight plan examples/sample.jpg --person examples/person.yaml --um-per-px 60 --timezone Europe/Berlin --out demo

serve: demo
	@echo "The demo's report: http://127.0.0.1:8000/report.html (stop with Ctrl-C)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory demo 8000

docs: setup
	$(BIN)/mkdocs build --strict --quiet --site-dir build/docs
	@echo "Documentation: build/docs/index.html"

validation: setup
	$(BIN)/python -m benchmarks.validation

clean:
	rm -rf $(VENV) demo build dist
