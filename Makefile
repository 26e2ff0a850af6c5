# Which jobs can be done here? `make help` lists them. Only Python >= 3.11 and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help demo serve test check fmt lint types contracts lock bench clean

help: ## List the jobs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: $(RUN) ## Set up and show a demo network on http://localhost:8501
	@$(BIN)/evse-status demo $(ARGS)

serve: $(RUN) ## Set up and serve your own database
	@$(BIN)/evse-status serve $(ARGS)

test: $(DEV) ## Set up and run all tests
	$(BIN)/python -m pytest -n 3 --dist loadfile

check: $(DEV) ## Everything CI asks: format, lint, types, import contracts, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src pages app.py tests benchmarks
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n 3 --dist loadfile --cov --cov-report=
	$(BIN)/coverage report --fail-under=95 | tail -n 40
	$(BIN)/coverage report --include='src/evse_status/core/*' --fail-under=100

fmt: $(DEV) ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV) ## Measure (a table; ARGS=--json for programs)
	$(BIN)/python -m benchmarks $(ARGS)

lock: $(DEV) ## Renew both lock files from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --upgrade pyproject.toml requirements/build.in -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --upgrade --extra dev pyproject.toml requirements/build.in \
		-c requirements/run.txt -o requirements/dev.txt

clean: ## Remove the set-up, not the data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Setting up (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUN): $(VENV)/.made requirements/run.txt pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(VENV)/.made requirements/dev.txt pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(RUN)
