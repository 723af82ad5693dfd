PYTHON ?= python3
RUNNER = $(PYTHON) -m runner

N ?= 10000
# Where a single test may take its hours.
PATIENT = -o faulthandler_timeout=0

.PHONY: run fresh test browser-all corpus prove chaos bench check fix shell help
run: ## Start everything; on the first start with a year of demo data
	@$(RUNNER) run
fresh: ## Begin again with an empty house; the old one is put away
	@$(RUNNER) fresh
test: ## All tests
	@$(RUNNER) test $(ARGS)
browser-all: ## Every page in Chromium, at each width, in both colours and languages
	@BROWSER_VIEWS=all $(RUNNER) test -n 2 tests/browser/test_pages.py
corpus: ## The hostile strings of DATA_DIR, or all of our own, through every form, the API, Chromium
	@CORPUS_DIR=$(DATA_DIR) $(RUNNER) test -n 2 tests/web/test_hostile.py tests/browser/test_hostile.py
prove: ## The property tests with 2,000 examples each
	@$(RUNNER) test -m property --hypothesis-profile=prove $(PATIENT)
chaos: ## Kill workers, broker and database for minutes while pages call people
	@CHAOS=1 $(RUNNER) test -n 0 $(PATIENT) tests/faults/test_pages.py tests/oncall/test_ack_races.py
bench: ## The desk against its limit, at N=10000 tickets or more; the data are kept
	@$(RUNNER) bench $(N) $(ARGS)
check: ## Linters, types, imports, templates, migrations
	@$(RUNNER) check
fix: ## What the tools can mend themselves
	@$(RUNNER) fix
shell: ## A Python shell on the house's data
	@$(RUNNER) manage shell
help: ## This page
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
