#!/usr/bin/env bash
# Starts json-server with the six collections on the loopback interface and judges it: what a server looks like that
# stores JSON and knows nothing of this API. Usage: examples/third-party/json-server.sh [arguments of `patchproof run`];
# needs npm. Exit code: that of patchproof.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cp -r "$here/json-server/." "$work"
cd "$work"
npm install --no-audit --no-fund --loglevel=error >&2
cat >db.json <<'JSON'
{"jobs": [], "classifyFileJobs": [], "classifyTextJobs": [], "evaluateLabelJobs": [], "evaluateDlpPoliciesJobs": [],
 "labelsAndPoliciesEvaluationJobs": []}
JSON
port=${PORT:-4802}
node_modules/.bin/json-server --host 127.0.0.1 --port "$port" --routes routes.json --quiet db.json >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 60); do
  curl -s -o /dev/null "http://127.0.0.1:$port/jobs" && break
  sleep 0.5
done
code=0
PATCHPROOF_STATE_DIR="$work/state" "${PATCHPROOF:-patchproof}" run \
  --base-url "http://127.0.0.1:$port/v1.0" --provision create "$@" || code=$?
kill -0 "$server" 2>/dev/null || { echo "the server died during the run; its last words:" >&2; tail -5 "$work/server.log" >&2; }
exit "$code"
