# `make` in a fresh clone sets up what is missing and builds every edition. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)

# Many tests start the command anew: what was compiled once is kept, whatever the caller's shell says.
unexport PYTHONDONTWRITEBYTECODE

# Where there are cores, a test process for each and two more, for some wait for a browser or for Java. A file of tests
# stays in one process, which builds what they share once; tests/conftest.py puts the longest first.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
PYTEST_FLAGS ?= $(if $(filter-out 1,$(CORES)),-n $(shell expr $(CORES) + 2) --dist loadfile --no-loadscope-reorder)

# `make lock LOCK_FLAGS=--upgrade` takes the newest versions; without it what is locked stays.
LOCK_FLAGS ?=
COMPILE = CUSTOM_COMPILE_COMMAND="make lock" "$$tmp/bin/python" -m piptools compile --quiet \
	--generate-hashes --strip-extras --allow-unsafe --newline=lf --no-emit-options --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host $(LOCK_FLAGS)

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
# Two set-ups at once would write into one environment.
.NOTPARALLEL:
.PHONY: build test check conformance lint lock lock-web bench clean help

build: $(VENV)/ready-run ## build every edition into build/ (the default)
	$(BIN)/nkru-brief build

test: $(VENV)/ready-dev ## run the tests (more: make test PYTEST_FLAGS="-k name")
	$(BIN)/pytest $(PYTEST_FLAGS)

check: $(VENV)/ready-run ## check the content, without building
	$(BIN)/nkru-brief check

conformance: $(VENV)/ready-dev ## check every PDF with veraPDF, which Maven fetches (needs Java and Maven)
	$(BIN)/python tools/conformance/verapdf.py
	$(BIN)/pytest tests/test_conformance.py

lint: $(VENV)/ready-dev ## check style and types of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tools benchmarks

lock: ## remake requirements/*.lock from pyproject.toml (newest: make lock LOCK_FLAGS=--upgrade)
	@set -e; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; trap 'exit 130' INT TERM; \
	$(PYTHON) -m venv "$$tmp"; \
	"$$tmp/bin/python" -m pip install --quiet --disable-pip-version-check "pip-tools>=7.5,<8"; \
	$(COMPILE) --output-file requirements/run.lock pyproject.toml requirements/run.in; \
	$(COMPILE) --extra dev --constraint requirements/run.lock --output-file requirements/dev.lock \
		pyproject.toml requirements/run.in requirements/dev.in; \
	sed 's/^\(colorama==[^ ]*\) /\1 ; sys_platform == "win32" /' requirements/dev.lock > "$$tmp/dev.lock"; \
	cp "$$tmp/dev.lock" requirements/dev.lock

lock-web: ## remake requirements/web/package-lock.json from the package.json beside it (needs npm)
	cd requirements/web && npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts \
		--no-audit --no-fund

bench: $(VENV)/ready-dev ## measure the builder beside its peers (more: make bench BENCH_FLAGS="--rounds 3")
	$(BIN)/python benchmarks/bench.py --peers $(BENCH_FLAGS)

clean: ## remove what was built and what the tools cached (the environment stays in .venv)
	find build -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	rm -rf dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests tools -name __pycache__ -exec rm -rf {} +

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

$(VENV)/ready-run: requirements/run.lock pyproject.toml tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py

$(VENV)/ready-dev: requirements/dev.lock requirements/run.lock requirements/web/package-lock.json pyproject.toml \
		tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py --with-tests
