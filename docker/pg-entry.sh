#!/bin/bash
# Start PostgreSQL as the official image's entry point does, in an image that has Debian's packages only:
# the first start makes the cluster, the role and the database named by POSTGRES_USER, _PASSWORD and _DB.
set -euo pipefail

data=${PGDATA:-/var/lib/postgresql/data}
programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }

mkdir -p "$data"
chown postgres:postgres "$data"
chmod 700 "$data"
install -d -o postgres -g postgres /var/run/postgresql
if [ ! -s "$data/PG_VERSION" ]; then
  # Made beside the final place and moved into it, so that a start cut short is begun again, not half used.
  fresh=$data/fresh
  rm -rf "$fresh"
  password=$(mktemp)
  printf '%s' "$POSTGRES_PASSWORD" >"$password"
  chown postgres "$password"
  as_postgres "$programs/initdb" -D "$fresh" -A scram-sha-256 -U "$POSTGRES_USER" -E UTF8 --locale=C.UTF-8 \
    --pwfile="$password" >/dev/null
  rm -f "$password"
  echo "host all all all scram-sha-256" >>"$fresh/pg_hba.conf"
  as_postgres "$programs/pg_ctl" -D "$fresh" -s -w -o "-c listen_addresses=''" start
  PGPASSWORD=$POSTGRES_PASSWORD as_postgres psql -q -U "$POSTGRES_USER" -h /var/run/postgresql -d postgres \
    -c "create database \"${POSTGRES_DB:-$POSTGRES_USER}\""
  as_postgres "$programs/pg_ctl" -D "$fresh" -s -m fast -w stop
  find "$fresh" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$data" {} +
  mv "$fresh/PG_VERSION" "$data/"
  rmdir "$fresh"
fi
exec setpriv --reuid postgres --regid postgres --clear-groups "$programs/postgres" -D "$data" -c listen_addresses='*'
