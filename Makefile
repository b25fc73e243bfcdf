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
BENCH_STAMP := .venv/bench.installed
MUTANTS_STAMP := .venv/mutants.installed
# Which process runs what is tests/support/sharing_out.py's.
TWO_AT_ONCE := --numprocesses 2 --dist loadfile --no-loadscope-reorder
LOCK := $(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help run test check lint audit lock bench bench-quick bench-life load chaos orders mutants messages screenshots clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: $(RUNTIME_STAMP) ## Start everything; Ctrl-C stops it
	@exec $(PY) -m topup.management.cli up

test: $(DEV_STAMP) ## Run the whole test suite on PostgreSQLs of its own
	$(PY) -m pytest $(TWO_AT_ONCE)

check: lint ## What a change must pass: format, lint, types, import contracts, tests
	$(PY) -m pytest $(TWO_AT_ONCE)

lint: $(DEV_STAMP) ## Format, lint, types and import contracts, without the tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()"

audit: $(DEV_STAMP) ## Ask the package index whether a library has a known hole
	$(PY) -m tests.attack.audit

bench: $(BENCH_STAMP) ## Measure the speed on this machine, ten to fifteen minutes
	$(PY) -m bench

bench-quick: $(BENCH_STAMP) ## The same in about a minute: whether it works, not how fast it is
	$(PY) -m bench --quick

bench-life: $(DEV_STAMP) ## Recharges settled and webhooks delivered a second, and what they cost sales
	$(PY) -m bench.life
	$(PY) -m bench.webhooks

load: $(LOAD_STAMP) ## 100 users and 10,000 sales through HTTP, then every book proved
	$(PY) -m bench.load_test

TIMES ?= 1
chaos: $(DEV_STAMP) ## Break everything on purpose; TIMES=100 writes docs/reference/reliability.md
	$(PY) -m tests.faults --times $(TIMES) $(if $(filter-out 1,$(TIMES)),--report docs/reference/reliability.md)

orders: $(DEV_STAMP) ## Every order of the statements of three transactions, not only the likely ones
	$(PY) -m pytest tests/interleavings --switches all

mutants: $(MUTANTS_STAMP) ## Break the rules of money on purpose, and see each test notice
	$(PY) -m tests.mutants

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
	$(LOCK) --upgrade --group bench --constraints requirements-dev.lock --output-file requirements-bench.lock
	$(LOCK) --upgrade --group mutants --constraints requirements-dev.lock --output-file requirements-mutants.lock

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

$(BENCH_STAMP): requirements-bench.lock $(DEV_STAMP)
	@echo "Installing what the product is compared with"
	@$(PIP) install --quiet --require-hashes --no-deps -r requirements-bench.lock
	@touch $@

$(LOAD_STAMP): requirements-load.lock $(DEV_STAMP)
	@echo "Installing what the load test needs"
	@$(PIP) install --quiet --require-hashes --no-deps -r requirements-load.lock
	@touch $@

$(MUTANTS_STAMP): requirements-mutants.lock $(DEV_STAMP)
	@echo "Installing what mutation testing needs"
	@$(PIP) install --quiet --require-hashes --no-deps -r requirements-mutants.lock
	@touch $@
