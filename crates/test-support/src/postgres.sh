# A temporary Postgres for tests, which goes when this process's standard input ends. Says the folder that its socket is in.
# Reached by a Unix socket in its own folder: no port to be free, no password. Not as root: initdb refuses that.
set -e
umask 077
dir=$(mktemp -d /tmp/sealdrop-test-postgres.XXXXXX)
trap 'rm -rf "$dir"' EXIT
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
export PATH="$bin:$PATH"
initdb -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$dir/log" 2>&1
postgres -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c full_page_writes=off \
    -c synchronous_commit=off -c max_connections=300 -c shared_buffers=32MB >"$dir/log" 2>&1 &
server=$!
tries=0
until pg_isready -q -h "$dir"; do
    tries=$((tries + 1)); [ "$tries" -lt 300 ] || { cat "$dir/log" >&2; exit 1; }
    sleep 0.1
done
echo "$dir"
exec 1>&-
cat >/dev/null
kill -INT "$server" && wait "$server" || true
