# make report and make test do everything on a fresh machine with Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JUNIT := $(if $(CI),--junitxml=build/tests.xml,)

.PHONY: install nn report reference test check proofs bench scan faults fuzz calibration mutants numbers enclosures soak audit gallery clean

# Theory, simulation and ball arithmetic, without torch; then what the first call would compile.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "longtail needs Python 3.11 or newer; name one with: make PYTHON=python3.11" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[certified]'
	$(BIN)/python -m reports.prepare
	touch $@

# What the networks need besides: torch, as its CPU build where pip's index has one.
$(VENV)/.networks: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[nn]'
	touch $@

# What the tests need besides.
$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,cluster,nn]'
	touch $@

install: $(VENV)/.installed

nn: $(VENV)/.networks

report: install
	$(BIN)/longtail report --preset quick

# The committed run that the README shows, about half an hour: every section, the networks from
# their own committed run.
reference: install
	$(BIN)/longtail report --preset paper --runs 200 --out reports/reference \
	  --networks reports/reference/networks-mnist --networks reports/reference/networks-real-quick
	rm -f reports/reference/report.html reports/reference/figures/*.svg
	$(BIN)/python -m reports.readme

# Bytecode is kept, whatever the environment says: processes that tests start need not compile.
test: $(VENV)/.tested
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist worksteal $(JUNIT)

check: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The machine-checked core; needs coqc and mathcomp, no virtual environment.
proofs:
	$(PYTHON) theorems/rocq/proofs.py

bench: install
	$(BIN)/longtail bench

# Random settings of the whole box, twenty minutes of one core; goes on where it was stopped.
scan: install
	mkdir -p build
	$(BIN)/python -m reports.scan --keep build/scan.jsonl

# Campaigns that measure how far the package can be left alone; the README's table has their figures.
faults: $(VENV)/.tested
	$(BIN)/python -m tests.campaigns.faults

# The table of bad inputs, then each kind of hostile file for so many seconds of its own.
SECONDS_EACH ?= 600
fuzz: $(VENV)/.tested
	$(BIN)/python -m tests.campaigns.fuzz
	$(BIN)/python -m tests.campaigns.file_fuzz --seconds $(SECONDS_EACH)

calibration: $(VENV)/.tested
	$(BIN)/python -m tests.campaigns.calibration

mutants: $(VENV)/.tested
	$(BIN)/python -m tests.campaigns.mutants

numbers: $(VENV)/.tested
	$(BIN)/python -m tests.campaigns.numbers

# An hour of reports in one process; other lengths: make soak MINUTES=15
MINUTES ?= 60
soak: $(VENV)/.tested
	$(BIN)/python -m tests.campaigns.soak --minutes $(MINUTES)

# Known vulnerabilities of what is installed; says one line where the index cannot be asked.
audit: $(VENV)/.tested
	$(BIN)/python -m tests.campaigns.audit

# The pages of docs/gallery: what they print, and their figures.
gallery: $(VENV)/.tested
	COLUMNS=200 $(BIN)/python -m tests.gallery.pages

enclosures: $(VENV)/.tested
	$(BIN)/python -m tests.campaigns.enclosures

clean:
	rm -rf build report $(VENV)
