#!/usr/bin/env bash
# The S3 conformance suite four times: the embedded bucket and SeaweedFS, asked by aws-sdk-s3 and by boto3. Then `sealdrop-server doctor`
# looks at a SeaweedFS with each misconfiguration in turn.
set -euo pipefail
cd "$(dirname "$0")/.."
cmp -s end2end/requirements.txt .venv/.stamp || scripts/setup.sh test
scripts/build-debug.sh -q
suite=target/debug/s3-conformance
failed=0
mkdir -p target/fault-results

boto3() { # server
  coproc SERVER { exec "$suite" --server "$1" --serve; }
  local pid=$SERVER_PID in=${SERVER[1]} line
  while IFS= read -r line <&"${SERVER[0]}"; do
    [ "$line" = ready ] && break
    export "${line?}"
  done
  S3_KIND=$1 .venv/bin/python crates/test-support/boto3/conformance.py || failed=1
  exec {in}>&- # the server ends with its input
  wait "$pid" || failed=1
}

for server in local seaweed; do
  "$suite" --server "$server" --faults "target/fault-results/s3-$server.txt" || failed=1
  boto3 "$server"
done
"$suite" --server seaweed --doctor target/debug/sealdrop-server --faults target/fault-results/s3-doctor.txt || failed=1
exit "$failed"
