# The front door: every target sets up what it needs, says what it installs, and is quick when run again.

SPANE := .build/release/spane-cli
TRACE := data/synthetic.h5
WEIGHTS := $(wildcard data/weights/*.h5)
PYTHON := .venv/bin/python

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: setup
setup: ## Install what is missing: Debian packages, and Python packages in .venv
	@scripts/setup.sh

.PHONY: build
build: ## Build the library and the spane command
	@scripts/setup.sh system
	swift build -c release --product spane-cli

.PHONY: demo
demo: build ## Compare the heuristics and the shipped networks on the shipped trace
	@scripts/demo.sh $(SPANE) $(TRACE) $(WEIGHTS)

.PHONY: test
test: setup ## Run every check and every test
	@scripts/test.sh

.PHONY: test-clients
test-clients: setup test-install ## Test the installed library from C, C++ and Python (installs PyTorch in .venv-clients)
	PREFIX=$(CURDIR)/.build_prefix DESTDIR= scripts/install.sh
	scripts/test-c.sh .build_prefix
	scripts/test-python-clients.sh

.PHONY: test-integrations
test-integrations: setup ## Test what plugs into other schedulers, and the examples in Go, Rust and Java (installs packages)
	PREFIX=$(CURDIR)/.build_integrations DESTDIR= scripts/install.sh
	scripts/test-integrations.sh .build_integrations

SANITIZERS ?= address thread valgrind

.PHONY: test-sanitizers
test-sanitizers: ## Run the C tests under AddressSanitizer, ThreadSanitizer and valgrind
	@scripts/setup.sh clients
	scripts/test-sanitizers.sh $(SANITIZERS)

FUZZ_SECONDS ?= 150

.PHONY: fuzz
fuzz: ## Fuzz the loaders and the C API, each of six targets for FUZZ_SECONDS (150)
	@scripts/setup.sh system
	scripts/fuzz.sh $(FUZZ_SECONDS)

.PHONY: wheel
wheel: ## Build the Python package with the library and HDF5 inside, in dist
	@scripts/setup.sh system
	@scripts/build-wheel.sh

.PHONY: test-wheel
test-wheel: wheel ## Install the wheel for each Python that is here, and use it beside h5py and PyTorch
	scripts/test-wheel.sh

.PHONY: deb
deb: ## Build the Debian packages, in dist
	@scripts/setup.sh packages
	@scripts/build-deb.sh

.PHONY: test-deb
test-deb: deb ## Check the Debian packages, install them on this machine, use them, and remove them (as root)
	scripts/test-deb.sh

.PHONY: dist
dist: wheel deb ## Build every package, a tarball, a bill of materials and checksums, in dist
	@scripts/build-dist.sh

.PHONY: test-debug
test-debug: setup ## Run the Swift tests with assertions on (slow)
	swift test

.PHONY: bench
bench: build ## Measure speed beside a C++ version of the same loops, and what is refused on simulated fleets
	swift run -c release --package-path Benchmarks benchmarks --trace $(TRACE)
	$(SPANE) experiment fleets --days 7 --seeds 2 \
		--policies 'capacity-lost,10*most-allocated+spread' best-fit first-fit data/weights/potential-synthetic.h5

.PHONY: data
data: build ## Make the shipped trace and networks again; HUAWEI=trace.h5 TEST_STARTS=file for potential.h5 too
	scripts/make-data.sh $(SPANE) $(HUAWEI) $(TEST_STARTS)

# TRACE is that of the paper here, and only where it is given.
PAPER := $(if $(filter command environment,$(origin TRACE)),--trace '$(TRACE)') $(if $(TEST_STARTS),--test-starts '$(TEST_STARTS)') \
	$(if $(AZURE),--azure '$(AZURE)') $(if $(MODELS),--models '$(MODELS)') $(if $(EPISODES),--episodes '$(EPISODES)') \
	$(if $(ONLY),--only '$(ONLY)') $(if $(QUICK),--quick) $(if $(WORK),--work '$(WORK)')

.PHONY: paper
paper: build ## Make the tables and figures of docs/results.md again; TRACE=file and more: docs/reproduce.md
	@scripts/setup.sh
	$(PYTHON) -m spane.reproduce $(PAPER)

.PHONY: lint
lint: setup ## Check the format of all code, its files' length, shell scripts, Python types, and the C header
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources
	@scripts/check-file-length.sh
	shellcheck scripts/*.sh integrations/*/test.sh .ci/run
	cd bindings/python && ../../$(PYTHON) -m ruff check . && ../../$(PYTHON) -m ruff format --check . && ../../$(PYTHON) -m mypy && ../../$(PYTHON) -m basedpyright
	scripts/check-header.py

.PHONY: format
format: setup ## Format the Swift and the Python code
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources
	cd bindings/python && ../../$(PYTHON) -m ruff format .

PREFIX ?= /usr/local
export PREFIX DESTDIR

.PHONY: library
library: ## Build libspane.so and libspane.a in .build_shared/release
	@scripts/setup.sh system
	scripts/build-library.sh

.PHONY: install
install: ## Install the library, its header and the spane command in PREFIX
	@! command -v swift >/dev/null || scripts/setup.sh system
	@scripts/install.sh

.PHONY: uninstall
uninstall: ## Take away what install put into PREFIX
	@scripts/install.sh uninstall

.PHONY: test-install
test-install: ## Check the interface, then the installed library from C and C++
	@scripts/setup.sh clients
	scripts/abi.sh check
	scripts/test-install.sh

.PHONY: abi-baseline
abi-baseline: ## Make the present interface the one that later ones must not break
	@scripts/setup.sh clients
	scripts/abi.sh baseline

.PHONY: docs
docs: ## Build the documentation as a site in dist/docs
	@scripts/build-docs.sh

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf .build .build-* .build_* .venv* Benchmarks/.build dist
