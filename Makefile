PYTHON ?= python

.PHONY: help install run test bench browser check format

help:
	@echo "install  what the app, the tests and the checks need"
	@echo "run      start the app"
	@echo "test     run the tests"
	@echo "bench    measure speed and memory against peers"
	@echo "browser  drive the app in headless Chromium (Debian package chromium)"
	@echo "check    linter, formatter and types, changing nothing"
	@echo "format   format the code"

install:
	$(PYTHON) -m pip install -r requirements-dev.txt

run:
	$(PYTHON) -m streamlit run app.py

bench:
	$(PYTHON) -m benchmarks

test:
	$(PYTHON) -m pytest

browser:
	$(PYTHON) -m pytest -m browser

check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

format:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
