# `make demo` and `make test` need Python 3.11 or newer and nothing else.
# PYTHON chooses the interpreter, SERVERS the PostgreSQL servers to test on (18, 16, system), ARGS goes to pytest.

PYTHON  ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
             $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV    ?= .venv
SERVERS ?= 18
ARGS    ?=
BIN      = $(VENV)/bin
READY    = $(VENV)/.ready

.PHONY: help demo serve test lint bench mutations fuzz clean

help:
	@echo "make demo   the whole story on an embedded PostgreSQL"
	@echo "make serve  the batch service and its page on a converted database, with websites to scan"
	@echo "make test   the tests (SERVERS=18,16,system for more servers; ARGS=... for pytest)"
	@echo "make lint   ruff and mypy"
	@echo "make bench  what a conversion costs, as ratios (about ten minutes)"
	@echo "make mutations  take out one safety line at a time; some test has to notice (about a quarter of an hour)"
	@echo "make fuzz   more than 10,000 requests to the service, right ones and wrong ones (several minutes)"
	@echo "make clean  remove $(VENV) and caches"

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found; name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Preparing $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip --disable-pip-version-check install --quiet --editable '.[dev]'
	@touch $@

demo: $(READY)
	@$(BIN)/uuidkit demo

serve: $(READY)
	@$(BIN)/batchsvc demo

test: $(READY)
	@$(BIN)/python -m pytest -n auto --dist worksteal --servers $(SERVERS) $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(READY)
	@$(BIN)/python -m benchmarks.conversion $(ARGS)

mutations: $(READY)
	@$(BIN)/python -m tests.mutations $(ARGS)

fuzz: $(READY)
	@$(BIN)/python -m tests.batchsvc.api.fuzzing $(ARGS)

clean:
	rm -rf $(VENV) .venv-* .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
