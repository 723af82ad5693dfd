PYTHON ?= python3
RUNNER = $(PYTHON) -m runner

.PHONY: run fresh test prove check fix shell help
run: ## Start everything; on the first start with a year of demo data
	@$(RUNNER) run
fresh: ## Begin again with an empty house
	@$(RUNNER) fresh
test: ## All tests
	@$(RUNNER) test $(ARGS)
prove: ## The property tests with 2,000 examples each
	@$(RUNNER) test -m property --hypothesis-profile=prove
check: ## Linters, types, imports, templates, migrations
	@$(RUNNER) check
fix: ## What the tools can mend themselves
	@$(RUNNER) fix
shell: ## A Python shell on the house's data
	@$(RUNNER) manage shell
help: ## This page
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
