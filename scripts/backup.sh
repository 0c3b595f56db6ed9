#!/usr/bin/env bash
# Copies an installation while its server runs: backup.sh FOLDER makes FOLDER/sealdrop-TIME, complete when it has that name.
# Settings come from the environment, as the server's do: SEALDROP_DATA, DATABASE_URL (or DATABASE_URL_FILE), S3_ENDPOINT.
# What they are not set in: a file .env beside you, else that of SEALDROP_ENV_FILE.
set -euo pipefail
umask 077
. "$(dirname "$0")/installation.sh"
to=${1:?usage: backup.sh FOLDER}
mkdir -p "$to"
name=sealdrop-$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e "$to/$name" ] || stop "$to/$name is there already"
made=$(mktemp -d "$to/.partial-XXXXXX")
trap 'rm -rf "$made"' EXIT

# The database first: then every object of the copy that still lives is in the bucket's copy.
case $database in
  sqlite)
    [ -f "$data/sealdrop.db" ] || stop "there is no $data/sealdrop.db: set SEALDROP_DATA"
    sqlite "$data/sealdrop.db" "VACUUM INTO '${made//\'/\'\'}/sealdrop.db'"
    [ "$(sqlite "$made/sealdrop.db" 'PRAGMA integrity_check')" = ok ] || stop "the copy of the database is damaged"
    ;;
  postgres) pg_dump --format=custom --no-owner --no-privileges --file="$made/database.dump" --dbname="$url" ;;
esac
say "database ($database) copied"

# auth-secret, bucket-credentials, and whatever else is kept beside the database. The operator's token is made anew at each start.
mkdir "$made/data"
if [ -d "$data" ]; then
  find "$data" -maxdepth 1 -type f ! -name 'sealdrop.db*' ! -name 'operator-token*' ! -name '.doctor' -exec cp -p -t "$made/data" {} +
fi

if [ -n "$external" ]; then
  say "the bucket is at $external and is not copied: see the guide"
else
  [ -d "$data/blobs/objects" ] || stop "there is no bucket in $data/blobs: set SEALDROP_DATA"
  mkdir "$made/data/blobs"
  # What makes files an object first, then the files: none of the copy lacks its files. What the server deletes meanwhile is left out
  # (tar's exit code 1).
  for part in objects data; do
    code=0
    { tar -C "$data/blobs" --warning=no-file-removed --warning=no-file-changed -cf - "$part" || code=$?; [ "$code" -le 1 ]; } \
      | tar -C "$made/data/blobs" -xf -
  done
  say "bucket copied: $(find "$made/data/blobs/objects" -type f | wc -l) objects"
fi

printf 'database=%s\nbucket=%s\n' "$database" "${external:-embedded}" > "$made/about"
sums=$(cd "$made" && find . -type f ! -path "./data/blobs/*" -exec sha256sum {} +)
printf "%s\n" "$sums" > "$made/SHA256SUMS"
sync -f "$made"
mv -T "$made" "$to/$name"
trap - EXIT
say "complete: $to/$name"
