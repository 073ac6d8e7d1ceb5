# What README.md documents. Everything lives in .venv; `make setup` remakes it when pyproject.toml or requirements-dev.txt change.
BIN := .venv/bin
TESTS ?=
# Three workers on two cores: tests wait for browsers and processes. A file to each at a time: a file's browser, demonstration
# and databases are then made once.
PYTEST := $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# With it every process that the tests start would compile the whole project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test lint lock soak bench year coverage history scale nation pictures debian12 debian13 clean

help:
	@echo "make demo    set everything up and run the main job on the shipped demo"
	@echo "make test    set everything up and pass the tests (TESTS=tests/cli/test_cli.py for some of them)"
	@echo "make lint    ruff and mypy"
	@echo "make soak    the tests at full size; documents on paper by LibreOffice, which it installs"
	@echo "make bench   what a sweep costs next to plain Playwright and httpx"
	@echo "make year    a year of nights next to a nightly census, simulated"
	@echo "make coverage what a quarter of nights proves of WeChat accounts, simulated"
	@echo "make history what a long history costs next to a short one"
	@echo "make scale   what every command costs with 113 to 100 000 accounts (CACHE= keeps its homes)"
	@echo "make nation  what 6 206 to 1 000 000 accounts take, reckoned from measured costs"
	@echo "make pictures docs/pictures, drawn anew from a demonstration (LibreOffice, poppler-utils)"
	@echo "make lock    the locks with hashes anew after pyproject.toml changed (UPGRADE=1: the newest versions)"
	@echo "make debian13 lint and tests in a bare Debian 13 in a folder of its own (so debian12; as root)"
	@echo "make clean   remove what these commands made"

setup:
	@sh .ci/setup $(MAKECMDGOALS)

demo: setup
	@$(BIN)/mediawatch browser --install
	@$(BIN)/mediawatch demo --out demo-out

test: setup
	@sh .ci/test-tools
	@$(PYTEST) $(TESTS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	@$(BIN)/mediawatch browser --install
	@$(BIN)/python tests/bench/sweep_cost.py

year: setup
	@$(BIN)/python tests/bench/year_of_nights.py

coverage: setup
	@$(BIN)/python tests/bench/wechat_coverage.py

history: setup
	@$(BIN)/python tests/bench/history_cost.py

scale: setup
	@$(BIN)/python tests/bench/scale.py "$(or $(CACHE),build/scale)"

nation: setup
	@$(BIN)/python tests/bench/nation.py

pictures: setup
	@$(BIN)/mediawatch browser --install
	@$(BIN)/python tests/support/pictures.py

soak: setup
	@sh .ci/test-tools soak
	@$(BIN)/pytest -m soak $(TESTS)

lock:
	@UPGRADE="$(UPGRADE)" sh .ci/lock

# All that has to pass, from the bare base system on: IN=folder keeps that system for the next time, MIRROR= names another mirror.
debian13:
	@IN="$(IN)" MIRROR="$(MIRROR)" TESTS="$(TESTS)" bash .ci/debian 13

debian12:
	@IN="$(IN)" MIRROR="$(MIRROR)" TESTS="$(TESTS)" bash .ci/debian 12

clean:
	rm -rf .venv demo-out bench.json build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
