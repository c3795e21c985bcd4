#!/usr/bin/env bash
# Starts the SAP CAP OData server with the six collections on the loopback interface and judges it.
# Usage: examples/third-party/cap.sh [arguments of `patchproof run`]; needs npm. Exit code: that of patchproof.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cp -r "$here/cap/." "$work"
cd "$work"
npm install --no-audit --no-fund --loglevel=error >&2
PORT=${PORT:-4801}
export PORT
# Node of npm's package `node`: the SQLite of CAP needs 22 or later.
node_modules/.bin/node node_modules/@sap/cds/bin/serve.js all >"$work/cds.log" 2>&1 &
server=$!
for _ in $(seq 60); do
  grep -q 'server listening' "$work/cds.log" && break
  sleep 0.5
done
code=0
PATCHPROOF_STATE_DIR="$work/state" "${PATCHPROOF:-patchproof}" run \
  --base-url "http://127.0.0.1:$PORT/v1.0" --provision create "$@" || code=$?
kill -0 "$server" 2>/dev/null || { echo "the server died during the run; its last words:" >&2; tail -5 "$work/cds.log" >&2; }
exit "$code"
