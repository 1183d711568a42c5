# Targets for people; `make` alone prints them.
.DEFAULT_GOAL := help
.PHONY: help run test check test-all eval bench format train clean
PYTHON ?=
export PYTHON
VENV := .venv/bin
# Reports whose file name holds one of these are left out of training: the places that are tested with, and single
# reports of places that have too many to do without.
HELD_OUT := 盐田区 顺平 阜平 米易 陕西省_ 吉林省_ 保定市_ 河北省_ 江苏省_ 甘肃省_ 深圳市政府工作报告_2016年 \
	2017年南山区 罗湖区第八届人民代表大会第三次会议 国务院政府工作报告_2007

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run: ## make the environment, read samples/ into data/library and leave the page running
	@sh tools/setup.sh run
	@$(VENV)/python -m rag ingest samples
	@$(VENV)/python app.py

test: ## lint, types and the fast tests; says which browser tests were skipped where there is no browser
	@sh tools/setup.sh dev
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/python -m pytest -q -rs

check: test ## the other name of test

test-all: ## every test: slow ones and services on this machine too
	@sh tools/setup.sh dev
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/python -m pytest -q -m ""

eval: ## how often answers are right, beside plain baselines; pages in data/eval (larger sets need the material folder)
	@sh tools/setup.sh dev
	$(VENV)/python -m eval all --out data/eval --baselines --no-misses --material "$(or $(WENBAO_TEST_MATERIAL),../shared)"

bench: ## measure against the obvious stack; writes docs/benchmarks.md (needs the material folder)
	@sh tools/setup.sh dev
	$(VENV)/python -m benchmarks

train: ## train the embedding model that comes with the package anew (needs the material folder)
	@sh tools/setup.sh dev
	$(VENV)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[train]"
	$(VENV)/python -m rag train $(or $(REPORTS),../shared/corpus/reports) $(HELD_OUT:%=--exclude %) --out rag/model

format: ## lay out the code
	@sh tools/setup.sh dev
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

clean: ## remove caches; leaves .venv and data alone
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
