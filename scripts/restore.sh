#!/usr/bin/env bash
# Puts a backup into an empty place, and checks that every object is there: restore.sh BACKUP
# Settings come from the environment, as for backup.sh. The data folder must be empty or missing, a Postgres database empty.
# Run it as the user of the server. Needs sealdrop-server in the PATH.
set -euo pipefail
umask 077
. "$(dirname "$0")/installation.sh"
from=${1:?usage: restore.sh BACKUP}
[ -f "$from/about" ] && [ -f "$from/SHA256SUMS" ] || stop "$from is no backup, or not a complete one"
command -v sealdrop-server >/dev/null || stop "sealdrop-server is not in the PATH"
about() { sed -n "s/^$1=//p" "$from/about"; }
[ "$(about database)" = "$database" ] || stop "the backup is of $(about database), and the settings name $database"
if [ "$(about bucket)" = embedded ]; then
  [ -z "$external" ] || stop "the backup has the embedded bucket, and the settings name $external"
else
  [ -n "$external" ] || stop "the backup is of an installation with the bucket at $(about bucket): set S3_ENDPOINT and what belongs to it"
fi
[ -z "$(ls -A "$data" 2>/dev/null)" ] || stop "$data is not empty: restore into a new folder, or move that one away"
if [ "$database" = postgres ]; then
  tables=$(psql -XAtc "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'" --dbname="$url")
  [ "$tables" = 0 ] || stop "the database has $tables tables already: restore into an empty one"
fi
(cd "$from" && sha256sum --quiet --check SHA256SUMS) || stop "the backup was changed or is damaged"

mkdir -p "$data"
chmod 700 "$data"
cp -a "$from/data/." "$data/"
case $database in
  sqlite) cp "$from/sealdrop.db" "$data/sealdrop.db" ;;
  postgres) pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname="$url" "$from/database.dump" ;;
esac
say "restored; now every object that the database names is looked for in the bucket"
if ! sealdrop-server verify-storage; then
  say "not all of it is there: links with these objects cannot be received. Those that ended between the copy of the database and that of"
  say "the bucket are harmless; the others are lost unless another backup, or the versions of the bucket, have them."
  exit 1
fi
say "done: start the server"
