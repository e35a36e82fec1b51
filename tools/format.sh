#!/usr/bin/env bash
# Write the formatting and the safe mends that tools/check.sh asks for.
set -euo pipefail
cd "$(dirname "$0")/.."
ruff check --fix --quiet . || true
ruff format --quiet .
