# Everything a developer types. `make` alone lists it.
#
# `.venv` is made from the committed lock files, with nothing but Python's own venv and pip. A stamp
# in it remembers the lock file that was installed; nothing is installed again until that changes.
# Programs are run as `python -m`, so that a directory that was moved keeps working.

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
RUNTIME_STAMP := .venv/runtime.installed
DEV_STAMP := .venv/dev.installed
LOAD_STAMP := .venv/load.installed
LOCK := $(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help run test check lint lock bench load messages screenshots clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: $(RUNTIME_STAMP) ## Start everything; Ctrl-C stops it
	@exec $(PY) -m topup.management.cli up

test: $(DEV_STAMP) ## Run the whole test suite on a PostgreSQL of its own
	$(PY) -m pytest

check: lint ## What a change must pass: format, lint, types, import contracts, tests
	$(PY) -m pytest

lint: $(DEV_STAMP) ## Format, lint, types and import contracts, without the tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()"

bench: $(DEV_STAMP) ## Measure the speed on this machine
	$(PY) -m bench
	$(PY) -m bench.life
	$(PY) -m bench.webhooks

load: $(LOAD_STAMP) ## 100 users and 10,000 sales through HTTP, then every book proved
	$(PY) -m bench.load_test

messages: $(DEV_STAMP) ## Collect the texts into locale/ and compile them; needs GNU gettext
	$(PY) manage.py makemessages --locale en --locale fa --no-obsolete --add-location file --no-wrap \
		--ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*' --ignore 'bench/*'
	$(PY) manage.py compilemessages --locale en --locale fa --ignore '.venv' --ignore var

screenshots: $(DEV_STAMP) ## Pictures of every page into docs/screenshots/; needs Chromium
	$(PY) -m tests.browser.screenshots

lock: $(DEV_STAMP) ## Resolve the dependencies of pyproject.toml anew
	$(LOCK) --upgrade --group build --output-file requirements.lock
	$(LOCK) --upgrade --group dev --constraints requirements.lock --output-file requirements-dev.lock
	$(LOCK) --upgrade --group load --constraints requirements-dev.lock --output-file requirements-load.lock

clean: ## Remove .venv and caches; data in var/ are kept
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

# An interpreter that is gone (moved, upgraded) makes the environment be made anew.
ifneq ($(shell $(PY) -c 'print("works")' 2>/dev/null),works)
.PHONY: $(PY)
endif

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "TopUpEngine needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1 || true)." >&2; \
		echo "Install one and say where it is: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) comes without venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv --clear .venv

$(RUNTIME_STAMP): requirements.lock pyproject.toml | $(PY)
	@echo "Installing what the product needs"
	@$(PIP) install --quiet --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(RUNTIME_STAMP)
	@echo "Installing what the tests need"
	@$(PIP) install --quiet --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(LOAD_STAMP): requirements-load.lock $(DEV_STAMP)
	@echo "Installing what the load test needs"
	@$(PIP) install --quiet --require-hashes --no-deps -r requirements-load.lock
	@touch $@
