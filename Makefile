# One door: make demo, make test, make check, make bench. `make help` lists all.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(if $(shell command -v $(name)),$(name))))
BIN := .venv/bin
SIZE ?= full
JOBS ?= 2
SECONDS ?= 60
STATIC := types template format lint contracts migrations catalogues
# Compiled code is kept, out of the way of the sources, also where the environment forbids it (containers like to):
# each of the hundreds of processes that the tests start would else compile everything it imports, 4 s of work.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/bytecode
# What factories make is put back from memory where REMEMBER=1 asks for it: no whole run has shown it yet (decision 79).
export REMEMBER ?= 0

.DEFAULT_GOAL := help
.PHONY: help set-up demo test check prove bench suite lock messages stop clean $(STATIC)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

set-up:  ## everything that the other commands need; they do it themselves
	@$(PYTHON) brokerage/set_up.py

demo: set-up  ## the main job against the sandbox, then the panels; ONCE=1 stops after the job
	@trap : INT TERM; $(BIN)/python manage.py demo $(if $(ONCE),--once); code=$$?; \
	$(BIN)/python manage.py services stop --unless-used >/dev/null; exit $$code

test: set-up  ## all tests; ARGS=… is handed to pytest
	@trap : INT TERM; $(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal $(ARGS); code=$$?; \
	$(BIN)/python manage.py services stop --tests --unless-used >/dev/null; exit $$code

check: set-up  ## format, lint, contracts, types, migrations, catalogues, and the tests
	@$(MAKE) --no-print-directory --output-sync=target --jobs=$(JOBS) $(STATIC)
	@$(MAKE) --no-print-directory test

prove: set-up  ## what takes long: the marked proofs with PROVE=1, mutation testing of the engine, then SECONDS (60) of random kills
	@trap : INT TERM; PROVE=1 $(BIN)/python -m pytest -q -m prove $(ARGS); code=$$?; \
	$(BIN)/python manage.py services stop --tests --unless-used >/dev/null; [ $$code -eq 0 ] || exit $$code; \
	$(BIN)/python -m tests.mutation && \
	$(BIN)/python -m tests.crash.chaos --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

format:
	@$(BIN)/ruff format --check --quiet . && echo "format: clean"

lint:
	@$(BIN)/ruff check --quiet . && echo "lint: clean"

contracts:
	@$(BIN)/lint-imports --no-cache >var/contracts.log 2>&1 && echo "import contracts: kept" || { cat var/contracts.log; exit 1; }

types:
	@$(BIN)/mypy --no-error-summary && echo "types: right"

migrations:
	@$(BIN)/python manage.py makemigrations --check --dry-run --verbosity 1 >var/migrations.log 2>&1 \
	&& echo "migrations: complete" || { cat var/migrations.log; exit 1; }

catalogues:
	@$(BIN)/python -m brokerage.catalogues check >var/catalogues.log && echo "catalogues: $$(tail -1 var/catalogues.log)" \
	|| { cat var/catalogues.log; exit 1; }

template:
	@$(BIN)/python -m tests.template_database && echo "test database: migrated"

bench: set-up  ## the measurements; SIZE=small for a quick look, COMPARE=<commit>: the night beside that commit's
	@$(BIN)/python -m bench --size $(SIZE) $(if $(COMPARE),--compare $(COMPARE)) $(ARGS)

suite: set-up  ## the contract suite over a vendor plugin of another package; BENCH=its_package.bench
	@PLUGIN_BENCH=$(BENCH) $(BIN)/python -m pytest -q tests/vendors/test_outside.py $(ARGS)

messages: set-up  ## take the source's texts into locale/*/LC_MESSAGES/django.po
	@$(BIN)/python -m brokerage.catalogues update

lock: set-up  ## resolve the dependencies of pyproject.toml and package.json anew
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --upgrade pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate -c requirements.lock \
	  --group pyproject.toml:dev pyproject.toml -o requirements-dev.lock
	@for group in node redis; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --group pyproject.toml:$$group -o requirements-$$group.lock; done
	@npm update --package-lock-only --loglevel=error
	@$(BIN)/python -c "import json, pathlib; p = pathlib.Path('package-lock.json'); d = json.loads(p.read_text()); \
	[e.pop('funding', None) for e in d['packages'].values()]; p.write_text(json.dumps(d, indent=2) + '\n')"

stop:  ## stop this checkout's PostgreSQL and Redis
	@$(BIN)/python manage.py services stop
	@$(BIN)/python manage.py services stop --tests

clean: stop  ## forget everything that was set up, data included
	@rm -rf .venv node_modules static-collected core/panel/static/vendor var
