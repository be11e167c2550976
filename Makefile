PYTHON ?= python

.PHONY: help install run test test-all bench browser check format docs soak fuzz lock audit sbom

help:
	@echo "install   what the app, the tests and the checks need"
	@echo "run       start the app, which follows changes of its source files"
	@echo "test      run the tests that take seconds each"
	@echo "test-all  run every test except those of a Ray cluster"
	@echo "browser   run the tests that drive the app in headless Chromium (Debian package chromium)"
	@echo "bench     measure speed and memory against peers"
	@echo "check     linter, formatter and types, changing nothing"
	@echo "format    format the code"
	@echo "soak      visit the app with the limits of a public host for ten minutes"
	@echo "fuzz      feed random bytes and texts to everything that reads them (needs atheris)"
	@echo "lock      resolve the versions of requirements-lock.txt again (needs uv)"
	@echo "audit     look for known vulnerabilities of these versions (needs pip-audit)"
	@echo "sbom      write the list of these versions to build/sbom.json (needs cyclonedx-bom)"
	@echo "docs      write the API reference to build/docs"

install:
	$(PYTHON) -m pip install -r requirements-dev.txt

run:
	$(PYTHON) -m streamlit run app.py --server.fileWatcherType=auto

bench:
	$(PYTHON) -m benchmarks

test:
	$(PYTHON) -m pytest

test-all:
	$(PYTHON) -m pytest -m "not browser and not ray"
	$(PYTHON) -m pytest -n 0 -m browser

browser:
	$(PYTHON) -m pytest -n 0 -m browser

check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

format:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

soak:
	$(PYTHON) -m benchmarks.soak

fuzz:
	PYTHONPATH=.:tests $(PYTHON) tests/support/fuzz.py 600
	PYTHONPATH=.:tests $(PYTHON) tests/support/fuzz.py guided 600

lock:
	grep -v '^--editable' requirements.txt | uv pip compile - --generate-hashes --universal \
	  --python-version 3.11 --no-annotate --no-header --quiet --output-file requirements-lock.txt

audit:
	pip-audit --strict --require-hashes --disable-pip -r requirements-lock.txt

sbom:
	mkdir -p build
	cyclonedx-py requirements requirements-lock.txt --output-file build/sbom.json

# Modules by name: pdoc follows the `__all__` of a package, which lists only what it offers.
MODULES := $(subst /,.,$(basename $(filter-out %__init__.py %__main__.py,\
	$(shell find fcnlib -name '*.py' -not -path 'fcnlib/ui/*' -not -path 'fcnlib/plots/*' -not -path 'fcnlib/scenes/*' | sort))))

docs:
	$(PYTHON) -W error -m pdoc --docformat numpy --output-directory build/docs fcnlib $(MODULES)
