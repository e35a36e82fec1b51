# Chores, one line each: every line calls a script that CI runs too.
PYTHON ?= python3
ENVIRONMENT ?= numpy
IN_VENV = @command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: install it (on Debian or Ubuntu: sudo apt install python3 python3-venv)." >&2; exit 2; }; PYTHON=$(PYTHON) exec $(PYTHON) tools/bootstrap.py
.DEFAULT_GOAL := help
.PHONY: help run test check fmt bench bench-fairness image up down lock

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

run: ## install into .venv, start everything on this machine and serve (PORT=8000)
	$(IN_VENV) -- python manage.py up

test: ## install what tests need and run the whole suite (ARGS="-k queue" for a part)
	$(IN_VENV) --dev -- python -m pytest $(ARGS)

check: ## formatting, lint, types, import contracts
	$(IN_VENV) --dev -- tools/check.sh

fmt: ## write the formatting that check asks for
	$(IN_VENV) --dev -- tools/format.sh

bench: ## print what the wall costs and how many are graded a minute (ARGS="latency ...", ARGS=--help for the others)
	$(IN_VENV) --dev -- python -m autograders.bench $(or $(ARGS),overhead)

bench-fairness: ## print how fair verdicts on speed and growth are, at rest and with every core kept busy (ARGS="--runs 200")
	$(IN_VENV) --dev -- python -m autograders.bench.fairness $(ARGS)

image: ## build the sandbox image (ENVIRONMENT=numpy|sklearn|service|torch, BASE_IMAGE=...)
	$(IN_VENV) -- python tools/images.py sandbox --environment $(ENVIRONMENT)

up: ## start the composed site (web, worker, scheduler, PostgreSQL, Redis) and grade one submission through it
	$(IN_VENV) -- python tools/compose.py up

down: ## stop the composed site and remove its containers (DATA=remove: its data too)
	$(IN_VENV) -- python tools/compose.py down $(if $(filter remove,$(DATA)),--data)

lock: ## write the locks from pyproject.toml (UPGRADE=1: with newer versions)
	$(IN_VENV) --dev -- tools/lock.sh
