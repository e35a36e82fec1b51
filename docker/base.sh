#!/usr/bin/env bash
# Make a base image from Debian packages, for hosts that reach a package mirror but no image registry.
#   docker/base.sh python   NAME   the base of the sandbox and site images
#   docker/base.sh services NAME   the same with PostgreSQL and Redis, and an entry point for PostgreSQL
# Nothing is done where NAME was already made from the same recipe.
set -euo pipefail
cd "$(dirname "$0")"

kind=${1:?python or services}
name=${2:?the name of the image to make}
suite=${DEBIAN_SUITE:-bookworm}
packages=python3,python3-venv,ca-certificates,libseccomp2
case $kind in
  python) recipe=(base.sh) ;;
  services) packages=$packages,postgresql,redis-server recipe=(base.sh pg-entry.sh) ;;
  *) echo "docker/base.sh: the first argument is python or services, not $kind." >&2; exit 2 ;;
esac

label=org.courseplatform.inputs
inputs=$(cat "${recipe[@]}" <(echo "$kind $suite $(dpkg --print-architecture)") | sha256sum | cut -c1-64)
if [ "$(docker image inspect -f "{{index .Config.Labels \"$label\"}}" "$name" 2>/dev/null)" = "$inputs" ]; then
  exit 0
fi
if ! command -v mmdebstrap >/dev/null; then
  echo "mmdebstrap is needed to make $name where no image registry can be reached: install it (sudo apt install mmdebstrap)." >&2
  exit 2
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/courseplatform-base.XXXXXX")
trap 'rm -rf "$work"' EXIT
hooks=(--customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/usr/share/doc/* "$1"/usr/share/man/*')
if [ "$kind" = services ]; then
  hooks+=(--customize-hook="install -m 755 $PWD/pg-entry.sh \"\$1\"/usr/local/bin/pg-entry")
  # The package makes a cluster of its own while it is installed; the entry point makes one per volume.
  hooks+=(--customize-hook='rm -rf "$1"/var/lib/postgresql/*/main "$1"/etc/postgresql/*/main')
fi
if ! mmdebstrap --quiet --variant=minbase --include="$packages" "${hooks[@]}" "$suite" "$work/base.tar" 2>"$work/log"; then
  cat "$work/log" >&2
  echo "$name could not be made: the Debian mirror did not give the packages listed above." >&2
  exit 1
fi
docker import --change "LABEL $label=$inputs" --change 'ENV LANG=C.UTF-8' "$work/base.tar" "$name" >/dev/null
