# The verbs of this project. Needs Python 3.11 or newer, make and a package registry; nothing is installed system-wide.

UV_VERSION := 0.13.9
HOME_DIR   := $(if $(JEUGDSPIEGEL_HOME),$(JEUGDSPIEGEL_HOME),var)
UI_PORT    := $(if $(JEUGDSPIEGEL_UI_PORT),$(JEUGDSPIEGEL_UI_PORT),3000)

PYTHON := $(shell for candidate in python3.13 python3.12 python3.11 python3 python; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$$candidate"; break; }; done)

TOOLS := .tools/uv-$(UV_VERSION).stamp
VENV  := .venv/synced.stamp
BIN   := .venv/bin

# uv uses the Python found above and never fetches another; no tool of ours reports its use to anybody.
export UV_PYTHON_DOWNLOADS := never
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.DEFAULT_GOAL := help
.PHONY: help setup run demo ui test lint long bench clean

help: ## show the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(TOOLS):
	@test -n "$(PYTHON)" || { echo "jeugdspiegel needs Python 3.11 or newer, and none was found on the PATH." >&2; exit 2; }
	@rm -rf .tools && "$(PYTHON)" -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@touch $@

$(VENV): $(TOOLS) pyproject.toml uv.lock
	@.tools/bin/uv sync --frozen --quiet --python "$(PYTHON)"
	@touch $@

setup: $(VENV) ## make .venv from the lock file (the other verbs do this by themselves)

run: $(VENV) ## demo deliveries when the inbox is empty, the whole nightly job, the headline tables
	@$(BIN)/jeugdspiegel demo --home "$(HOME_DIR)"

demo: run ## the same as run

ui: $(VENV) ## Dagster on http://127.0.0.1:3000, with its schedules
	@$(BIN)/jeugdspiegel ui --home "$(HOME_DIR)" --port "$(UI_PORT)"

lint: $(VENV) ## style, borders between the rooms, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy --ignore-missing-imports pipelines schemas demo

test: lint ## lint, then every test but the long ones
	@$(BIN)/pytest -n 2 --dist loadgroup

long: $(VENV) ## tests that take minutes: a fortnight of nights that go wrong, Dagster's pages in Chromium
	@JEUGDSPIEGEL_LONG_TESTS=1 $(BIN)/pytest tests/fortnight tests/ui

bench: $(VENV) ## the benchmarks, as a table
	@$(BIN)/python -m benchmarks

clean: ## remove the environments and caches; the home folder stays
	@rm -rf .venv .tools .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
