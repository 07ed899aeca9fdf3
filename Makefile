# The developer's commands; `make` alone lists them. Paths are relative: the folder's name may hold spaces.
SHELL := /bin/bash
PYTHON ?= python3
PACKAGES := spekty lots missions planning field quality payroll billing integrations scripts

.DEFAULT_GOAL := help
.PHONY: help setup run dev stop test check format reset lock bench demo shots

help: ## Affiche cette aide
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{ printf "  make %-8s %s\n", $$1, $$2 }'

setup: ## Prépare la machine : .venv, dépendances, fichiers de l’interface
	@command -v $(PYTHON) >/dev/null || { echo "Spekty : il faut Python 3.11 ou plus récent (commande « $(PYTHON) » introuvable)." >&2; exit 1; }
	@$(PYTHON) scripts/setup.py

run: setup ## Lance tout : serveurs, base, démonstration, site, tâches ; Ctrl-C arrête tout
	@exec .venv/bin/python -m spekty.stack.run

dev: setup ## Comme run, en rechargeant le code modifié, avec les pages d’erreur détaillées
	@DEBUG=1 exec .venv/bin/python -m spekty.stack.run

stop: ## Arrête les serveurs embarqués qui resteraient
	@.venv/bin/python -m spekty.stack stop

test: setup ## Toute la suite de tests, sur de vrais serveurs à elle
	@.venv/bin/python -m pytest -n 2 --dist worksteal $(ARGS)

check: setup ## Format, règles, types stricts, gabarits, imports, migrations
	@.venv/bin/python scripts/check.py $(PACKAGES)

format: setup ## Met en forme le code
	@.venv/bin/python -m ruff format .
	@.venv/bin/python -m ruff check --fix .

reset: ## Arrête les serveurs et efface var/ (base, fichiers, messages)
	@if [ -x .venv/bin/python ]; then .venv/bin/python -m spekty.stack stop; fi
	@rm -rf var
	@echo "var/ est effacé : « make run » repart de zéro."

# Extras stay in the lock: without them pip looks at the newest release of `coverage[toml]` and refuses it.
lock: setup ## Recalcule requirements/*.txt à partir des *.in
	@cd requirements && for kind in setup base dev; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" ../.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-strip-extras \
			--no-emit-index-url --python-version 3.11 $$kind.in -o $$kind.txt; \
	done

bench: setup ## Mesure les temps (scripts/bench/), un banc après l’autre
	@.venv/bin/python scripts/run_benches.py

demo: setup ## Recharge les données de démonstration
	@.venv/bin/python manage.py load_demo

shots: setup ## Refait les images du README (docs/img) à partir de la démonstration
	@.venv/bin/python -m scripts.shots
