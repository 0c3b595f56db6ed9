#!/usr/bin/env bash
# A server that sells plans, and the double of the payment provider beside it: no money moves. Everything is in a folder that goes when
# both end, by Ctrl-C. The ports are 3000 and 4010, or DEMO_PORT and DEMO_PAY_PORT.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${DEMO_PORT:-3000} pay_port=${DEMO_PAY_PORT:-4010}
server=target/debug/sealdrop-server double=target/debug/razorpay
for file in "$server" "$double" target/site/assets.json; do
  [ -e "$file" ] || { echo "demo: $file is missing: run \`make demo\`" >&2; exit 1; }
done
work=$(mktemp -d)
mkdir -m 700 "$work/data"
pids=()
end() {
  trap '' INT TERM
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait 2> /dev/null || true
  rm -rf "$work"
}
trap end EXIT
trap 'exit 0' INT TERM

# In groups of their own: Ctrl-C comes to this script, which ends them.
set -m
"$double" "127.0.0.1:$pay_port" "http://127.0.0.1:$port/webhooks/razorpay" > "$work/double.json" &
pids+=($!)
set +m
until [ -s "$work/double.json" ]; do kill -0 "${pids[0]}" 2> /dev/null || { echo "demo: the double did not start" >&2; exit 1; }; sleep 0.1; done
said() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$work/double.json" "$1"; }
export SEALDROP_DATA=$work/data SEALDROP_ADDR=127.0.0.1:$port SEALDROP_SITE=target/site SEALDROP_LOG=warn
export MAIL_URL=memory: MAIL_FROM=demo@localhost.test SEALDROP_SELLER="Example Ltd|1 Main Road|Mumbai 400001"
RAZORPAY_API_URL=$(said url) RAZORPAY_KEY_ID=$(said test_key) RAZORPAY_KEY_SECRET=$(said key_secret) RAZORPAY_WEBHOOK_SECRET=$(said webhook_secret)
export RAZORPAY_API_URL RAZORPAY_KEY_ID RAZORPAY_KEY_SECRET RAZORPAY_WEBHOOK_SECRET
"$server" plans set plus --price 99.00 --months 1 --storage 100GB --max-link 50GB --max-expiry 90d > /dev/null
"$server" plans set pro --price 999.00 --months 12 --storage 1TB --max-link 200GB --max-expiry 365d --max-downloads 1000 > /dev/null
set -m
"$server" serve &
pids+=($!)
set +m
until curl -sf "http://127.0.0.1:$port/readyz" > /dev/null; do kill -0 "${pids[1]}" 2> /dev/null || { echo "demo: the server did not start" >&2; exit 1; }; sleep 0.1; done
cat << END

  Sealdrop        http://127.0.0.1:$port        plans: http://127.0.0.1:$port/plans
  payment page    http://127.0.0.1:$pay_port        a stand-in for Razorpay: no money moves
  sign-in codes   SEALDROP_DATA=$work/data SEALDROP_ADDR=127.0.0.1:$port $server mail

  Ctrl-C ends both and deletes what they stored.

END
wait
