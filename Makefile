# Everything lives in .venv; a fresh machine needs Python 3.11, git and make.
PYTHON ?= python3
BIN := .venv/bin
SEGCTL := $(BIN)/segctl
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: setup lock clean

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Needs uv; resolves the ranges of pyproject.toml anew.
lock:
	uv pip compile pyproject.toml --extra postgres --extra journey --extra dev --generate-hashes --universal \
		--no-emit-index-url --no-header --no-strip-extras --quiet --output-file requirements.lock

clean:
	rm -rf .venv target logs dbt_packages *.duckdb *.duckdb.wal
