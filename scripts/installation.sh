# Read by backup.sh and restore.sh: where the installation is. Sets data, database (sqlite or postgres), url and external.
say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*"; }
stop() { say "$*" >&2; exit 1; }

# A setting of the environment, else of the file of settings, with one pair of quotes taken off.
setting() {
  local file=${SEALDROP_ENV_FILE:-.env} value=${!1:-}
  if [ -z "$value" ] && [ -f "$file" ]; then
    value=$(sed -nE "s/^[[:space:]]*(export )?$1=//p" "$file" | tail -n 1 | sed -E "s/^'(.*)'\$/\1/; s/^\"(.*)\"\$/\1/")
  fi
  printf '%s' "$value"
}

data=$(setting SEALDROP_DATA)
data=${data:-./data}
external=$(setting S3_ENDPOINT)
url=$(setting DATABASE_URL)
file=$(setting DATABASE_URL_FILE)
[ -n "$url" ] || [ -z "$file" ] || url=$(cat "$file")
case $url in
  '') database=sqlite ;;
  postgres://* | postgresql://*)
    database=postgres
    # Arguments are seen by every user of the machine: the password goes another way.
    if [[ $url =~ ^(postgres(ql)?://[^:@/]*):([^@/]*)@(.*)$ ]]; then
      url="${BASH_REMATCH[1]}@${BASH_REMATCH[4]}"
      PGPASSWORD=$(printf '%b' "${BASH_REMATCH[3]//%/\\x}")
      export PGPASSWORD
    fi
    ;;
  *) stop "DATABASE_URL names a SQLite file outside of the data folder: copy that one by hand, with VACUUM INTO" ;;
esac

# One statement on a SQLite file: by sqlite3, else by Python.
sqlite() {
  if command -v sqlite3 >/dev/null; then
    sqlite3 -cmd '.timeout 10000' "$1" "$2"
  else
    python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
for row in db.execute(sys.argv[2]): print(*row, sep="|")' "$1" "$2"
  fi
}
