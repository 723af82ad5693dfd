PYTHON ?= python3
RUNNER = $(PYTHON) -m runner

.PHONY: run fresh test check fix shell help
run: ## Start everything; on the first start with a year of demo data
	@$(RUNNER) run
fresh: ## Begin again with an empty house
	@$(RUNNER) fresh
test: ## All tests
	@$(RUNNER) test $(ARGS)
check: ## Linters, types, imports, templates, migrations
	@$(RUNNER) check
fix: ## What the tools can mend themselves
	@$(RUNNER) fix
shell: ## A Python shell on the house's data
	@$(RUNNER) manage shell
help: ## This page
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
