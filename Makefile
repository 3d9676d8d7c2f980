# Everything a person or a robot runs. `make help` lists it.
# Nothing is written outside this folder, but by pip, npm and Maven to their package caches.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python that is new enough and can make virtual environments; `make PYTHON=...` names another.
PYTHON ?= $(shell scripts/python.sh)
BIN := .venv/bin
ROOMS := models analytics actions consumers api seatrial
CODE := $(ROOMS) tests $(wildcard benchmarks) scripts
BENCHMARKS := log intake digest storage issues

.PHONY: help demo test check format unit bench bench-decisions bench-placebo bench-demo bench-hostile bench-fairness bench-outage fuzz screenshots lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.runtime ## the main job on real input, in two minutes; ARGS=--keep leaves it running
	@$(BIN)/seatrial demo $(ARGS)

test: ## all tests; as root on Debian or Ubuntu installs what they need
	@scripts/test.sh $(ARGS)

check: .venv/.development ## lint, format, types, architecture; seconds
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports

format: .venv/.development ## what `check` would complain of, where a tool can mend it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

unit: .venv/.development ## the tests without broker and database; seconds
	$(BIN)/pytest tests/unit $(wildcard tests/property) --quiet $(ARGS)

bench: .venv/.development ## messages, requests and events per CPU-second
	@for name in $(BENCHMARKS); do \
		if [ -f benchmarks/$$name.py ]; then $(BIN)/python -m benchmarks.$$name || exit 1; fi; \
	done

bench-decisions: .venv/.development ## judges of releases side by side, on releases whose truth is known; ARGS=--quick takes minutes
	$(BIN)/python -m benchmarks.decisions $(ARGS)

bench-placebo: .venv/.development ## deploys of nothing on recorded crash rates: how often judges blame them; ARGS=FOLDER
	$(BIN)/python -m benchmarks.decisions.placebo $(ARGS)

bench-demo: .venv/.development ## the demo's story with other seeds, with the bug and without: how often it is rolled back
	$(BIN)/python -m benchmarks.demo $(ARGS)

bench-hostile: .venv/.development ## the rate of others beside hostile requests, and the memory; ARGS=--each names the costly ones
	$(BIN)/python -m benchmarks.hostile $(ARGS)

bench-fairness: .venv/.development ## the rate of others beside one project's floods
	$(BIN)/python -m benchmarks.fairness

bench-outage: .venv/.development ## the real Kafka stopped for a minute under load; ARGS="--seconds 10"
	$(BIN)/python -m benchmarks.outage $(ARGS)

fuzz: .venv/.development ## ten minutes of what nobody would send, into intake and consumers; ARGS="--minutes 60"
	$(BIN)/python -m scripts.fuzz $(ARGS)

screenshots: .venv/.development ## every page, light and dark, wide and narrow
	$(BIN)/python -m benchmarks.screenshots $(ARGS)

lock: .venv/.development ## resolve the dependencies again; ARGS=--upgrade takes the newest
	$(BIN)/pip install --quiet uv
	scripts/lock.sh $(ARGS)

.venv/.made:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer with venv here: install one (Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: .venv/.made requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/.development: .venv/.runtime requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@
