# hedui: every command a developer or an operator needs. `make help` lists them.
#
# Everything is installed below this folder (.tools, .venv) from the hashed files in locks/; nothing is
# installed for the machine. Where the packages come from is the configuration of the machine, never ours.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV := .venv
BENCH := .bench
TOOLS := .tools
BIN := $(VENV)/bin
# A Python of your own choice: make setup PYTHON=/opt/python/bin/python3.12
PYTHON ?=
# Passed on as they are: make demo ARGS="--households 200 --seed 7", make test ARGS="-k linkage"
ARGS ?=

# No interpreter is downloaded behind the operator's back, and nobody is told what runs here.
export UV_PYTHON_DOWNLOADS := never
export DAGSTER_DISABLE_TELEMETRY := yes
export GX_ANALYTICS_ENABLED := false

.PHONY: help setup servers demo serve test check format lint types imports definitions fix docs lock bench bench-connectors bench-linkage bench-linkage-groups bench-rules bench-service bench-watch agree dev clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.stamp ## Install everything into .venv (at once when nothing changed)
	@:

# Real servers that tests start for themselves on loopback. A package that cannot be installed is told; its tests say that they were skipped.
servers: ## Debian packages that tests need: OpenSSH, PostgreSQL, MariaDB, Chromium, a Chinese font (root or sudo, else told)
	@PATH="$$PATH:/usr/sbin:/sbin"; missing=; \
	command -v sshd >/dev/null || missing="$$missing openssh-server"; \
	command -v mariadbd >/dev/null || missing="$$missing mariadb-server-core"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	ls /usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc >/dev/null 2>&1 || missing="$$missing fonts-noto-cjk"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then echo "make servers: no apt-get here; tests that need$$missing will be skipped" >&2; exit 0; fi; \
	as=; [ "$$(id -u)" = 0 ] || as="sudo -n"; \
	$$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null 2>&1 \
	  || { $$as apt-get update -qq >/dev/null 2>&1 && $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null 2>&1; } \
	  || echo "make servers: could not install; their tests will be skipped. On Debian or Ubuntu: sudo apt-get install -y --no-install-recommends$$missing" >&2

demo: setup ## Make a synthetic county, run it, and say where the result lies
	$(BIN)/hedui demo $(ARGS)

serve: demo ## Open the doors on the demonstration county: API, pages, dashboard (ARGS="--port 8080")
	$(BIN)/hedui serve --warehouse demo/county.duckdb --inbox demo/inbox --demo $(ARGS)

test: setup servers ## Run the tests on two processes
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: format lint types imports definitions ## Format, lint, types, import layers, Dagster definitions (-k: all of them)

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy --strict

imports: setup
	$(BIN)/lint-imports

definitions: setup
	$(BIN)/dg check defs

fix: setup ## Format and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup ## Write the generated pages: data dictionary, alert codes, rule book, source.yaml
	$(BIN)/python -c 'from pathlib import Path; from household.schema.dictionary import dictionary_markdown as written; \
	  Path("docs/dictionary.md").write_text(written(), encoding="utf-8")'
	$(BIN)/python -c 'from pathlib import Path; from household.alerts.code_page import code_page as written; \
	  Path("docs/alert-codes.md").write_text(written(), encoding="utf-8")'
	$(BIN)/python -m household.rules.rulebook docs/rules
	$(BIN)/python -m connectors.asking.layouts.reference docs/source-yaml.md

dev: setup ## Open Dagster's pages on this machine
	mkdir -p .dagster && cp pipelines/dagster.yaml .dagster/
	DAGSTER_HOME="$(CURDIR)/.dagster" $(BIN)/dagster dev -w workspace.yaml $(ARGS)

bench: setup ## Time the main job on large counties, beside merely reading their files; count what its alerts find and miss (a few minutes)
	$(BIN)/python tests/bench/main_job.py $(ARGS)
	$(BIN)/python tests/bench/alerts.py

bench-connectors: setup servers ## Rows a second over each transport beside its bare client; a million rows from PostgreSQL; 100,000 people asked of nine banks (ten minutes)
	PYTHONPATH=.:tests $(BIN)/python tests/bench/transports_files.py
	PYTHONPATH=.:tests $(BIN)/python tests/bench/transports_tables.py
	PYTHONPATH=.:tests $(BIN)/python tests/bench/transports_http.py
	PYTHONPATH=.:tests $(BIN)/python tests/bench/asking.py

bench-service: setup servers ## Mirror to PostgreSQL beside bare COPY; fifty readers of a million verdicts (a quarter of an hour, 6 GiB of disk)
	PYTHONPATH=.:tests:tests/bench $(BIN)/python tests/bench/audit.py
	PYTHONPATH=.:tests:tests/bench $(BIN)/python tests/bench/mirror.py
	PYTHONPATH=.:tests:tests/bench $(BIN)/python tests/bench/load.py $(ARGS)
	PYTHONPATH=.:tests:tests/bench:tests/service $(BIN)/python tests/bench/links.py

bench-watch: setup ## A million recipients against twenty million rows: time and memory of hedui watch (a quarter of an hour, 20 GiB; ARGS="--people 100000")
	PYTHONPATH=tests/bench $(BIN)/python tests/bench/watch.py $(ARGS)

bench-linkage: $(BENCH)/.stamp ## Our linkage beside Splink 5 on made registers (an hour; ARGS="--people 10000 --rows 50000": minutes)
	$(BENCH)/bin/python tests/bench/linkage/run.py $(ARGS)

bench-linkage-groups: setup ## Our linkage's errors by group of people, into docs/linkage-errors.md (a few minutes)
	$(BIN)/python tests/bench/linkage/groups.py --out docs/linkage-errors.md $(ARGS)

bench-rules: setup ## A million households, seven programmes each, with evidence: time and memory (ten minutes; ARGS="--households 125000")
	PYTHONPATH=tests $(BIN)/python tests/bench/rules.py $(ARGS)

agree: setup ## Random households through the engine and through the plain calculator (ARGS="--households 100000 --seed 1 --jobs 2")
	PYTHONPATH=tests $(BIN)/python -W ignore -m differential.agree $(ARGS)

# Hashes, and no address: uv.lock would record where each file was fetched from.
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: $(TOOLS)/.stamp ## Resolve the dependencies anew into locks/
	grep -E '^uv==' locks/bootstrap.txt | sed 's/ .*//' | $(COMPILE) - -o locks/bootstrap.txt
	$(COMPILE) pyproject.toml --extra build --extra web --extra sm2 -o locks/run.txt
	$(COMPILE) pyproject.toml --extra build --extra web --extra sm2 --group dev -o locks/dev.txt
	$(COMPILE) pyproject.toml --extra build --extra web --extra sm2 --group dev --group bench -o locks/bench.txt

clean: ## Remove what was installed and built; never data
	rm -rf $(VENV) $(BENCH) $(TOOLS) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- installation ---------------------------------------------------------------------------------

# The first Python from 3.11 to 3.13 that really runs: a version manager's shim may only pretend to.
# `ensurepip` is missing where a distribution splits `venv` off; then one command is told, and nothing is left half made.
$(TOOLS)/.stamp: locks/bootstrap.txt
	@rm -rf $(TOOLS); found=; \
	for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then \
	    found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "make setup: no Python 3.11, 3.12 or 3.13 on PATH; install one, on Debian or Ubuntu with:" >&2; \
	  echo "  sudo apt-get install -y python3 python3-venv" >&2; exit 1; fi; \
	if ! "$$found" -c 'import ensurepip' 2>/dev/null; then \
	  version=$$("$$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  echo "make setup: Python $$version lacks its venv part; on Debian or Ubuntu:" >&2; \
	  echo "  sudo apt-get install -y python$$version-venv" >&2; exit 1; fi; \
	"$$found" -m venv $(TOOLS); \
	if ! $(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/bootstrap.txt; then \
	  echo "make setup: uv cannot be installed here; going on with pip, which takes longer" >&2; fi; \
	touch $@

# pip resolves nothing (--no-deps): the locked list is whole, and pip refuses `gql[requests]` beside a pinned `gql`.
# The stamp is the last thing written: a setup that was cut short goes on when it is called again.
$(VENV)/.stamp: $(TOOLS)/.stamp locks/dev.txt pyproject.toml
	@if [ -x $(TOOLS)/bin/uv ]; then \
	  $(BIN)/python -c '' 2>/dev/null || $(TOOLS)/bin/uv venv --quiet --clear --python $(TOOLS)/bin/python $(VENV); \
	  VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(TOOLS)/bin/uv pip sync --quiet --require-hashes locks/dev.txt; \
	  VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(TOOLS)/bin/uv pip install --quiet --no-deps --no-build-isolation -e .; \
	else \
	  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(TOOLS)/bin/python -m venv --clear $(VENV); \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/dev.txt; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

# The peer and its dependencies (pandas 2 among them) stay out of .venv: a second environment of the same house.
$(BENCH)/.stamp: $(VENV)/.stamp locks/bench.txt
	@if [ -x $(TOOLS)/bin/uv ]; then \
	  $(BENCH)/bin/python -c '' 2>/dev/null || $(TOOLS)/bin/uv venv --quiet --clear --python $(TOOLS)/bin/python $(BENCH); \
	  VIRTUAL_ENV="$(CURDIR)/$(BENCH)" $(TOOLS)/bin/uv pip sync --quiet --require-hashes locks/bench.txt; \
	  VIRTUAL_ENV="$(CURDIR)/$(BENCH)" $(TOOLS)/bin/uv pip install --quiet --no-deps --no-build-isolation -e .; \
	else \
	  $(BENCH)/bin/python -m pip --version >/dev/null 2>&1 || $(TOOLS)/bin/python -m venv --clear $(BENCH); \
	  $(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/bench.txt; \
	  $(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@
