#!/usr/bin/env bash
# Formatting, lint, types and import contracts; all are run, and one that fails fails the whole.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
for check in "ruff format --check ." "ruff check ." "mypy" "lint-imports"; do
  echo "== $check"
  $check || failed+=("$check")
done
if [ ${#failed[@]} -gt 0 ]; then
  printf 'Failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
