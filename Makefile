# Makemore Lab: set-up, start and checks. `make` or `make help` lists the targets.

# The Python that .venv is made from: 3.11 or newer.
PYTHON ?= python3
# More arguments for `make run`, e.g. ARGS="--server.port 8600".
ARGS ?=
# Processes that share the tests: one more than there are processors here, since they often wait for others.
# A file's browser tests share a server, and stay together.
WORKERS ?= 3

VENV := .venv
PY := $(VENV)/bin/python
APP := $(VENV)/installed-app
DEV := $(VENV)/installed-dev
REPORTS := .reports
MUTANTS := $(REPORTS)/mutation
FIND_CHROMIUM := $(PY) tests/browser/find_chromium.py

UNIT_TESTS := tests --ignore=tests/browser

# One torch thread for each test process: two processes with two each get into each other's way.
unit coverage load release mutation: export OMP_NUM_THREADS = 1

.DEFAULT_GOAL := help
.PHONY: help run test lint types loops unit browser long load release coverage mutation pictures audit format chromium clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(APP)  ## start the dashboard; ARGS="--server.port 8600" reaches Streamlit
	$(PY) -m streamlit run app.py $(ARGS)

test:  ## all checks and all tests
	$(MAKE) --jobs=2 lint types loops
	$(MAKE) --jobs=1 unit browser

lint: $(DEV)  ## check style and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(DEV)  ## check the types
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(PY) -m pyright --project pyproject.toml --pythonpath $(PY)

loops: $(DEV)  ## compile the loops that the fast engines load: half a minute, once
	$(PY) -c "from makemore_core.engines.precompiled import be_compiled; be_compiled()"

unit: $(DEV)  ## run the tests that need no browser
	$(PY) -m pytest $(UNIT_TESTS) --numprocesses=$(WORKERS) --dist=worksteal --junitxml=$(REPORTS)/unit.xml

browser: $(DEV) chromium  ## run the tests in a real browser
	$(PY) -m pytest tests/browser --numprocesses=$(WORKERS) --dist=loadfile --junitxml=$(REPORTS)/browser.xml \
		--screenshot=only-on-failure --output=$(REPORTS)/screenshots

long: $(DEV) chromium  ## run the further tests, which `make test` leaves out: half an hour
	$(PY) -m pytest tests -m long --numprocesses=$(WORKERS) --dist=loadfile \
		--ignore=tests/reliability/test_sessions.py --ignore=tests/reliability/test_memory.py

load: $(DEV)  ## tabs before a run that trains, by the dozen, and what they leave behind: on an idle machine
	$(PY) -m pytest tests/reliability/test_sessions.py tests/reliability/test_memory.py -m "not slow" -rP

release: $(DEV)  ## run the reliability suites at the length they have before a release: hours, on an idle machine
	$(PY) -m pytest tests/reliability --release -m "not slow" -rP

coverage: $(DEV)  ## tell which lines the tests without a browser reach
	$(PY) -m coverage run -m pytest $(UNIT_TESTS)
	$(PY) -m coverage combine
	$(PY) -m coverage report --include='makemore_core/*' --fail-under=95
	$(PY) -m coverage report --include='pages/*' --fail-under=80

mutation: $(DEV)  ## count which mutants of the numerics and the store the tests kill: hours
	$(PY) -m pip install --disable-pip-version-check --quiet --requirement requirements-mutation.txt
	mkdir -p $(MUTANTS)
	git ls-files -z | tar -c --null -T - | tar -x -C $(MUTANTS)
	cd $(MUTANTS) && $(abspath $(PY)) -m mutmut run && $(abspath $(PY)) -m mutmut export-cicd-stats
	@$(PY) tests/mutation_score.py $(MUTANTS)/mutants/mutmut-cicd-stats.json

pictures: $(DEV) chromium  ## take the pictures of README.md and docs/ again, from real runs: some minutes
	$(PY) -m docs.make_pictures

audit: $(DEV)  ## look for known vulnerabilities in what is installed; needs a network
	$(PY) -m pip install --disable-pip-version-check --quiet --requirement requirements-audit.txt
	mkdir -p $(REPORTS)
	$(PY) -m pip freeze | sed 's/+[a-z0-9.]*$$//' > $(REPORTS)/installed.txt
	$(PY) -m pip_audit --strict --disable-pip --no-deps --requirement $(REPORTS)/installed.txt

format: $(DEV)  ## mend style and format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

chromium: $(DEV)  ## find a browser for the tests, or install one
	@$(FIND_CHROMIUM) 2>/dev/null \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update \
			&& DEBIAN_FRONTEND=noninteractive apt-get install --yes chromium && $(FIND_CHROMIUM); } \
		|| { $(PY) -m playwright install chromium && $(FIND_CHROMIUM); }

clean:  ## remove .venv, caches and reports; runs and data sets stay
	rm -rf $(VENV) $(REPORTS) .hypothesis .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found=$$($(PYTHON) --version 2>/dev/null || echo "not there"); \
		echo "Makemore Lab needs Python 3.11 or newer, but $(PYTHON) is $$found; name another: make run PYTHON=python3.13" >&2; \
		exit 1; }
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(APP): requirements.txt | $(PY)
	@echo "Installing what the app needs into $(VENV): once, and torch is large."
	$(PY) -m pip install --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(DEV): requirements-dev.txt requirements.txt | $(PY)
	@echo "Installing what the app and its tests need into $(VENV): once, and torch is large."
	$(PY) -m pip install --disable-pip-version-check --no-compile --requirement requirements-dev.txt
	@touch $(APP) $@
