#!/usr/bin/env bash
# Write every lock from pyproject.toml: versions already pinned stay, unless UPGRADE=1.
# The sandbox images take their versions from the developers' lock, so that both placements grade with the same numbers.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # lock FILE ARGUMENT...
  local file=$1
  shift
  echo "  $file"
  uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
    --annotation-style line --custom-compile-command "make lock" ${UPGRADE:+--upgrade} "$@" -o "$file" >/dev/null
}

lock requirements-dev.lock pyproject.toml --extra dev
lock requirements.lock pyproject.toml --extra site --extra postgres -c requirements-dev.lock
lock docker/sandbox-numpy.lock pyproject.toml --extra engine -c requirements-dev.lock
lock docker/sandbox-sklearn.lock pyproject.toml docker/sandbox-sklearn.in --extra engine -c requirements-dev.lock
lock docker/sandbox-torch.lock pyproject.toml --extra engine --extra ml -c requirements-dev.lock
lock docker/sandbox-service.lock pyproject.toml --extra engine --extra service -c requirements-dev.lock
