# One command each; every one of them does its own set-up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
WORKERS ?= 2
# After a crashed worker the runner may wait for ever; so a crash ends the run, and says which test.
PYTEST := $(BIN)/python -m tests.show.screen $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup \
  --max-worker-restart 0

KILLS ?= 200
SEED ?= 1
# As in `make shots LANGUAGE=pseudo`; desktops set a variable of that name for other purposes.
CHOSEN := $(if $(findstring command,$(origin LANGUAGE)),$(LANGUAGE))

.PHONY: run test check lint faults crash fuzz bench shots read-aloud keys languages bundle deb try-deb clean help
help:
	@echo "make run    the window on the built-in demo service"
	@echo "make test   the whole test suite"
	@echo "make check  formatting, lint, types and the test suite"
	@echo "make faults every fault of the catalogue, a short crash run and a short fuzz"
	@echo "make crash  kill it KILLS=200 times from SEED=1 on, check what is left, then the mutants"
	@echo "make fuzz   hostile bodies, presets, pictures, clips and prompts, in full"
	@echo "make bench  the benchmarks, as ratios"
	@echo "make shots  a screenshot of every screen state, in out/shots/"
	@echo "            (GUIDE=1: those of the guide; LANGUAGE=pseudo: with every text marked, to find what cannot be translated)"
	@echo "make bundle  the program with all it needs in one folder, dist/pixverse-desktop, and its tests"
	@echo "make deb     a Debian package of that, in dist/"
	@echo "make try-deb  (as root) installs that in a fresh system without Python, uses and removes it"
	@echo "make read-aloud  what a screen reader says on every screen, in tests/data/read_aloud/"
	@echo "make keys   the guide's table of keys, from the list of commands"
	@echo "make languages  the program's texts into resources/translations, and those compiled"
	@echo "            (LANGUAGE=de: begins a new one)"

# The environment is made anew only when the dependencies change.
$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed (make PYTHON=python3.12 …)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || packaging/linux/system-deps.sh venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

.PHONY: window-deps test-deps
window-deps: $(VENV)/.ready
	@packaging/linux/system-deps.sh window || echo "Trying without them."
test-deps: $(VENV)/.ready
	@packaging/linux/system-deps.sh tests || echo "Tests that need them will fail and say so."

run: window-deps
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; then \
	  $(BIN)/python -m pixverse_desktop --demo; \
	else $(BIN)/python -m tests.show.first_run; fi

test: test-deps
	$(PYTEST)

lint: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test

faults: test-deps
	$(PYTEST) -o faulthandler_timeout=500 tests/faults tests/crash tests/fuzz

crash: test-deps
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.crash --kills $(KILLS) --seed $(SEED) --mutants

fuzz: test-deps
	FUZZ_SCALE=1 $(BIN)/python -m pytest tests/fuzz

bench: test-deps
	$(BIN)/python -m tests.show.screen $(BIN)/python -m bench

shots: test-deps
	SHOTS_LANGUAGE="$(CHOSEN)" SHOTS_GUIDE="$(GUIDE)" $(BIN)/python -m tests.show.shots

# Read the files then, as somebody who sees nothing of the window.
read-aloud: test-deps
	READ_ALOUD=write $(PYTEST) tests/gui/test_read_screens.py

keys: $(VENV)/.ready
	$(BIN)/python -m tests.show.keys

languages: $(VENV)/.ready
	$(BIN)/python -m tests.show.languages $(CHOSEN)

$(BIN)/pyinstaller: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --editable '.[bundle]'
	@touch $@

bundle: test-deps $(BIN)/pyinstaller
	$(BIN)/python -m PyInstaller --noconfirm --log-level WARN packaging/bundle/pixverse-desktop.spec
	$(PYTEST) tests/bundle

# Of the bundle that is there, or else of a new one.
deb: $(VENV)/.ready
	@[ -x dist/pixverse-desktop/pixverse-desktop ] || $(MAKE) bundle
	$(BIN)/python packaging/bundle/deb.py

build/fresh-root/.ready:
	@command -v debootstrap >/dev/null || apt-get install -y -qq debootstrap
	rm -rf build/fresh-root
	debootstrap --variant=minbase bookworm build/fresh-root >/dev/null
	@touch $@

try-deb: test-deps build/fresh-root/.ready
	FRESH_ROOT=build/fresh-root $(BIN)/python -m pytest -q tests/bundle/test_fresh_root.py

clean:
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache
