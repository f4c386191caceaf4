# On a fresh machine with python3, git and make: `make demo` or `make test`; the rest is set up on the way (.ci/setup).
# Another interpreter: `make test PYTHON=python3.12`.

PYTHON ?= python3
BIN := .venv/bin
export PYTHON

.PHONY: help demo test lint types tests bench weights lock format clean setup-base setup-dev

help:
	@echo 'make demo    the whole job on a bundled mailbox, no account needed'
	@echo 'make test    lint, types and tests'
	@echo 'make lint    ruff alone; `make format` lets it mend what it can'
	@echo 'make bench   how fast mails are read, against others, on a generated mailbox'
	@echo 'make weights  learn anew how much each sign of a mail tells (installs scikit-learn)'
	@echo 'make lock    pin the newest dependencies into requirements/*.txt'
	@echo 'make clean   remove all that these made'

demo: setup-base
	@$(BIN)/cancelproof demo

test: lint types tests

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy

tests: setup-dev
	$(BIN)/pytest -q -n auto --maxprocesses 8 --dist worksteal

bench: setup-dev
	@.ci/setup peers
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/judge.py
	$(BIN)/python benchmarks/bench.py

weights: setup-dev
	$(BIN)/pip install --quiet scikit-learn
	$(BIN)/python learning/weights.py
	$(BIN)/python learning/days.py
	$(BIN)/python learning/services.py
	$(BIN)/python learning/everyday.py

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Neither hosts nor folders of this machine get into the files; --strip-extras keeps them usable as constraints.
LOCK := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
lock: setup-dev
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info >= (3, 11, 3))' || \
		{ echo 'pin with the oldest Python that users have, or newer ones get in: PYTHON=python3.11 of Debian 12'; exit 1; }
	$(LOCK) --build-deps-for editable -o requirements/base.txt pyproject.toml
	$(LOCK) --extra dev --build-deps-for editable -c requirements/base.txt -o requirements/dev.txt pyproject.toml

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist cancelproof-demo
	find . -name __pycache__ -prune -exec rm -rf {} +

setup-base:
	@.ci/setup base

setup-dev:
	@.ci/setup dev
