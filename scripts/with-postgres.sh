#!/usr/bin/env bash
# with-postgres.sh COMMAND...: runs it with one temporary Postgres for all its tests. Each would make a cluster of its own otherwise,
# which is a second of work; in this one each has a database of its own.
set -euo pipefail
[ -z "${DATABASE_URL_TEST_POSTGRES:-}" ] || exec "$@"
script=$(cat "$(dirname "$0")/../crates/test-support/src/postgres.sh")
shell=(sh)
[ "$(id -u)" != 0 ] || shell=(runuser -u postgres -- sh)
# It hangs on a pipe: however this process ends, the pipe closes and the cluster goes with its folder.
coproc CLUSTER { cd /tmp && exec "${shell[@]}" -c "$script" 2>/dev/null; }
in=${CLUSTER[1]} cluster=$CLUSTER_PID
IFS= read -r folder <&"${CLUSTER[0]}" || { echo "with-postgres: no Postgres: install Debian's postgresql, or set DATABASE_URL_TEST_POSTGRES"; exit 1; }
code=0
SEALDROP_TEST_CLUSTER=made DATABASE_URL_TEST_POSTGRES="postgres://postgres@localhost/postgres?host=$folder" "$@" || code=$?
exec {in}>&-
wait "$cluster" || true
exit "$code"
