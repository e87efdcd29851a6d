# Two commands for a newcomer: `make demo` and `make test`. Everything that they need, they set up themselves.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
# Python 3.11 or newer; `make PYTHON=/path/to/python demo` chooses another. The distribution's own comes first, where it can make an
# environment: it is compiled by the profile of a run, and one that was compiled without takes a fifth longer.
PYTHON ?= $(shell for modules in 'ensurepip, venv' sys; do for p in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do \
	$$p -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && $$p -c "import $$modules" 2>/dev/null \
		&& { echo $$p; exit; }; done; done)
UV := $(shell command -v uv 2>/dev/null)
# Nothing is compiled in advance: where Python is told to keep nothing either, each process would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# What the packages for developers are called, where the target is for them.
EXTRA = $(if $(filter %-dev,$@),[dev])
# The packages by their folder on Python's path. By setuptools' own finder, which is asked last, a workspace's folder `reports`
# would stand in the way of ours for whatever is started beside it.
EDITABLE := --config-settings editable_mode=compat --editable
# What the tests run beside Python: a real SNMP agent, SSH server, browser, spreadsheet program, PostgreSQL (in a folder of its own),
# and systemd's programs that check timers (nothing of it is started); what a PDF is set with (Pango, a face like Times New Roman)
# and read with (poppler).
DEBIAN := snmpd snmp lldpd systemd openssh-server openssh-client iproute2 chromium chromium-driver postgresql libreoffice-calc-nogui \
	libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation poppler-utils

.PHONY: help setup demo test identify-score lint bench format constraints system clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/ready ## the environment: .venv, with kiemke in it, compiled for whoever may not write there
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true

demo: $(VENV)/ready ## a simulated district: scanned, remembered, reported (again: what changed)
	@$(BIN)/kiemke demo

# One process more than there are cores: tests wait for servers, browsers and each other's files.
test: ## set up what the tests need, and run them
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/ready-dev system
	@$(BIN)/python -m pytest --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist loadfile --no-loadscope-reorder $(PYTEST)

identify-score: $(VENV)/ready-dev ## how well devices are named, over the recorded devices where they are present
	@$(BIN)/python -m tests.collectors.scoring

lint: $(VENV)/ready-dev ## style, types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/ready-dev ## put code and notebooks into the house style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: $(VENV)/ready-dev ## measure, each figure as a ratio against a peer in the same run
	@for b in benchmarks/*.py; do echo "== $$b"; $(BIN)/python -m benchmarks.$$(basename $$b .py) || exit 1; done

constraints: ## renew constraints.txt (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-annotate --no-header pyproject.toml -o constraints.txt

clean: ## remove the environment and the demo
	@rm -rf $(VENV) demo build *.egg-info

# What is imported is compiled when it is first imported: to compile all of it takes as long as to install it. Debian's pip is slow at
# choosing versions; a newer one is fetched first where there is one.
$(VENV)/ready $(VENV)/ready-dev: pyproject.toml constraints.txt Makefile
	@test -n "$(PYTHON)" || { echo "Cần Python 3.11 trở lên: sudo apt install python3 python3-venv | Python 3.11 or newer is needed: sudo apt install python3 python3-venv" >&2; exit 2; }
ifneq ($(UV),)
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@$(UV) pip install --quiet --python $(BIN)/python --constraint constraints.txt $(EDITABLE) '.$(EXTRA)'
else
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Thiếu python3-venv, hãy cài: sudo apt install python3-venv | python3-venv is missing: sudo apt install python3-venv" >&2; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@$(PIP) 'pip>=25,<28' 2>/dev/null || true
	@$(PIP) --constraint constraints.txt $(EDITABLE) '.$(EXTRA)'
endif
	@touch $(VENV)/ready $@

# Tests that need one of these say so and are skipped where it cannot be installed.
system:
	@missing=; for p in $(DEBIAN); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "apt-get install$$missing"; { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; } >/dev/null 2>&1 \
	      || echo "apt-get could not install$$missing: the tests that need them are skipped" >&2; \
	  else echo "Một số kiểm thử cần | some tests need: sudo apt install$$missing" >&2; fi; fi
