# The two commands are `make run` and `make test`; both set everything up themselves.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
BIN := .venv/bin
PORT ?= 8000
export PORT
export UV_LINK_MODE ?= copy
# Compiled modules are kept, whatever the shell says of it: without them each process compiles 1,700 of them as it starts.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.tools/bytecode
export PYTHONDONTWRITEBYTECODE :=
ARGS ?=
DATA := $(or $(YITI_DATA),var)
TESTS ?= tests

.PHONY: run test test-heavy quick bench simulate torture lint manage migrate messages lock setup chromium

run: .venv/.runtime
	@$(BIN)/python manage.py prepare --demo
	@exec $(BIN)/python manage.py supervise

# Browsers and installations wait as much as they count, so that four processes keep two cores busy.
test: .venv/.dev chromium
	@$(BIN)/python manage.py compile_messages
	@CHROMIUM="$$(cat .venv/.chromium)" $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(TESTS)

# Properties with sixty times as many examples.
test-heavy: export YITI_TEST_EXAMPLES := heavy
test-heavy: test

# The tests of what changed last, without browsers and installations.
quick: .venv/.dev
	@$(BIN)/python manage.py compile_messages
	@tests="$$($(BIN)/python -m tests.changed)"; test -z "$$tests" || \
	  $(BIN)/python -m pytest -n 2 --dist loadfile -m "not services and not browser" $$tests

bench: .venv/.bench
	@$(BIN)/python -m tests.bench $(ARGS)

# Kills, full disks, hostile input and load against an installation on this machine; takes long, and is no part of test.
torture: .venv/.dev
	@$(BIN)/python manage.py compile_messages
	@$(BIN)/python -m tests.torture $(ARGS)

# Coverage of intervals and calibration of certainties, by the product's own code; takes some minutes.
simulate: .venv/.dev
	@$(BIN)/python -m tests.simulate $(ARGS)

lint: .venv/.dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

manage: .venv/.runtime $(if $(DATABASE_URL),migrate,$(DATA)/.migrated)
	@$(BIN)/python manage.py $(ARGS)

migrate: .venv/.runtime
	@$(BIN)/python manage.py migrate --verbosity 0

# Tables are looked at anew only when a migration has changed.
$(DATA)/.migrated: .venv/.runtime $(wildcard */migrations/*.py)
	@mkdir -p $(DATA) && $(BIN)/python manage.py migrate --verbosity 0 && touch $@

messages: .venv/.dev
	@$(BIN)/python manage.py update_messages

# Under systemd the services may write nothing here: what they load is compiled now, beside its sources.
setup: .venv/.runtime
	@PYTHONPYCACHEPREFIX= $(BIN)/python -m compileall -q -j 0 materiality surveys reports .venv/lib
	@$(BIN)/python manage.py prepare

# A Chromium for the browser tests: the system's, else Debian's where we are root, else Playwright's own.
chromium: .venv/.dev
	@$(BIN)/python -m tests.browser.find_chromium > .venv/.chromium

lock: .tools/bin/uv
	@for target in "requirements.txt" "requirements-dev.txt --group dev" "requirements-bench.txt --group dev --group bench"; do \
	  set -- $$target; file=$$1; shift; \
	  $(UV) pip compile pyproject.toml $$* --universal --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 --quiet -o $$file; done

.tools/bin/uv:
	@$(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/bin/python:
	@command -v uv >/dev/null 2>&1 || $(MAKE) --no-print-directory .tools/bin/uv
	@$(UV) venv --quiet --python "$$(command -v $(PYTHON))" .venv

.venv/.runtime: .venv/bin/python requirements.txt
	@test -e .venv/.dev || $(UV) pip install --quiet --require-hashes --python .venv/bin/python -r requirements.txt
	@test ! -e .venv/.dev || $(MAKE) --no-print-directory .venv/.dev
	@touch $@

.venv/.dev: .venv/bin/python requirements-dev.txt
	@$(UV) pip install --quiet --require-hashes --python .venv/bin/python -r requirements-dev.txt
	@touch $@

.venv/.bench: .venv/bin/python requirements-bench.txt
	@$(UV) pip install --quiet --require-hashes --python .venv/bin/python -r requirements-bench.txt
	@touch $@
