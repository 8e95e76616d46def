# The two commands to know: `make serve` and `make test`. Both set up what they need in .venv first.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
CLIENTS := tests/clients/npm
AXE := tests/browser/npm
EDITOR_FILE := src/dppgraph/web/static/yasgui/yasgui.min.js
ENGINE_FILE := src/dppgraph/web/static/oxigraph/web_bg.wasm
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet

# What is compiled is kept: each of the processes that run tests would else compile all of them for itself.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve test check heavy screenshots goldens bench soak measure editor lock clean

serve: .venv/.run ## set up, build the graph if need be, and serve it at http://127.0.0.1:8000/sparql
	$(BIN)/dppgraph serve --port $(PORT)

test: check ## set up, check the code, and run the tests
	$(BIN)/pytest -n 2 --dist worksteal -m "not (heavy or conformance or remote or browser)"

check: .venv/.test ## the code alone: style, types, arrows between layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

heavy: .venv/.test ## the long tests: kills, whole exports, every fixture on its own, the W3C suites, real proxies, clients and browser
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory $(CLIENTS)/node_modules/.package-lock.json $(AXE)/node_modules/.package-lock.json; fi
	$(BIN)/pytest -n 2 --dist worksteal -m "heavy or conformance or remote or browser"

screenshots: .venv/.test ## pictures of every page, narrow and wide, light and dark, Dutch and English, in screenshots/
	$(BIN)/python -m tests.browser.screenshots

goldens: .venv/.test ## write what the questions answer now as what they should answer: read the diff
	$(BIN)/pytest -q tests/web/test_queries.py -k approved --write-goldens

bench: .venv/.test ## this project beside its peers: writes tables, plots and figures of docs/performance.md; some 25 minutes
	$(BIN)/python -m benchmarks.peers --write docs/performance.md

soak: .venv/.test ## half an hour of everything at 70 % of what a server takes: writes its part of docs/performance.md
	$(BIN)/python -m benchmarks.soak --minutes 30 --write docs/performance.md

measure: .venv/.test ## what start-up, build and the questions cost, and what hostile clients cost the others
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/questions.py
	$(BIN)/python -m benchmarks.runaways
	$(BIN)/python -m benchmarks.readers
	$(BIN)/python -m benchmarks.handover
	$(BIN)/python -m benchmarks.handover --processes 2
	$(BIN)/python -m benchmarks.hostile
	$(BIN)/python -m benchmarks.fuzz
	$(BIN)/python -m benchmarks.guard
	$(BIN)/python -m benchmarks.feed
	$(BIN)/python -m benchmarks.dumps
	$(BIN)/python -m benchmarks.harvest
	$(BIN)/python -m benchmarks.serving --sizes 10000,1000000
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.token
	$(BIN)/python -m benchmarks.versions
	$(BIN)/python -m benchmarks.commits
	$(BIN)/python -m benchmarks.validate

editor: .venv/.run ## get the query editor and the engine for browsers from npm, where that could not be done at first
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@test -e $(EDITOR_FILE) && test -e $(ENGINE_FILE)

lock: .venv/.test ## resolve the locked versions anew
	$(BIN)/pip install --quiet uv
	$(BIN)/$(LOCK) pyproject.toml --group build --output-file requirements/run.txt
	$(BIN)/$(LOCK) pyproject.toml --group dev --output-file requirements/test.txt
	$(BIN)/$(LOCK) --group peers --output-file requirements/peers.txt
	$(BIN)/$(LOCK) --group harvesters --output-file requirements/harvesters.txt

clean: ## remove what the commands above made
	rm -rf .venv .venv-peers .venv-harvesters .dppgraph screenshots $(CLIENTS)/node_modules $(AXE)/node_modules $(dir $(EDITOR_FILE) $(ENGINE_FILE))

%/node_modules/.package-lock.json: %/package-lock.json
	@cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "dppgraph needs Python 3.11 or later: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "this Python cannot make a virtual environment: on Debian, apt install python3-venv"; exit 1; }

.venv/.%: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "setting up .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@test -e $(EDITOR_FILE) || echo "npm could not get the query editor, so its page is a plain form: install npm, then make editor"
	@test -e $(ENGINE_FILE) || echo "npm could not get the engine for browsers, so a frozen site answers no query: install npm, then make editor"
	@touch $@
