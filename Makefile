PYTHON ?= python

.PHONY: help install run test browser check format

help:
	@echo "install  what the app, the tests and the checks need"
	@echo "run      start the app"
	@echo "test     run the tests"
	@echo "browser  drive the app in headless Chromium (Debian package chromium)"
	@echo "check    linter, formatter and types, changing nothing"
	@echo "format   format the code"

install:
	$(PYTHON) -m pip install -r requirements-dev.txt

run:
	$(PYTHON) -m streamlit run app.py

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
