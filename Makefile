# `make` alone lists the targets. Options: SITE, ARGS, PYTHON, BROWSER=install, NO_UV=1 (see deploy/setup.sh).
.DEFAULT_GOAL := help
.PHONY: help setup audit test check format lock clean

BIN := .venv/bin
export PYTHON BROWSER NO_UV
export UV_SYSTEM_CERTS ?= 1

help:
	@echo 'make audit SITE=laocai.gov.vn  kiểm tra một cổng          audit a portal (ARGS="--max-pages 10" adds options)'
	@echo 'make audit                     kiểm tra tỉnh giả định     audit the make-believe province, no internet needed'
	@echo 'make test                      kiểm thử dự án             run every check and every test (ARGS="-k word")'
	@echo 'make setup                     cài đặt vào .venv          set up (BROWSER=install adds a browser)'
	@echo 'make check                     soát mã nguồn              lint, format, types, imports'
	@echo 'make format                    định dạng mã nguồn         format the code'
	@echo 'make lock                      khóa phiên bản các gói     lock the packages anew (ARGS=--upgrade: newest)'
	@echo 'make clean                     xóa .venv và bộ nhớ đệm    remove .venv and caches, never ./data'

setup:
	@sh deploy/setup.sh

audit: setup
	@$(BIN)/audit $(if $(SITE),run $(foreach site,$(SITE),--site '$(site)'),demo) $(ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder --cov --cov-report term:skip-covered $(ARGS)

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# No registry is named in the lock: neither addresses nor machine paths, only versions and hashes.
# With it: uv, and editables, which hatchling asks for when a project is installed from its own folder.
lock: setup
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command 'make lock' --quiet --output-file requirements.lock $(ARGS)

clean:
	rm -rf .venv .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
