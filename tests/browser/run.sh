#!/usr/bin/env bash
# Looks at the acceptance report in Chromium, after providing what that needs: puppeteer-core and axe-core below target/,
# Chromium from the system's packages where we may install them. The last line says "skipped: …" where one cannot be had.
# Usage: tests/browser/run.sh [report.html …]
set -euo pipefail
cd "$(dirname "$0")/../.."

skip() {
    echo "skipped: $1"
    exit 0
}

command -v node >/dev/null || skip 'there is no node'

export BROWSER_MODULES=${BROWSER_MODULES:-$PWD/target/browser}
wanted=(puppeteer-core@24.43.1 axe-core@4.14.1)
if [ "$(cat "$BROWSER_MODULES/installed" 2>/dev/null)" != "${wanted[*]}" ]; then
    command -v npm >/dev/null || skip 'there is no npm'
    mkdir -p "$BROWSER_MODULES"
    npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$BROWSER_MODULES" "${wanted[@]}" ||
        skip "npm cannot install ${wanted[*]}"
    echo "${wanted[*]}" >"$BROWSER_MODULES/installed"
fi

executable() {
    local name
    for name in ${CHROMIUM:-chromium chromium-browser google-chrome-stable google-chrome}; do
        command -v "$name" && return
    done
    return 1
}
if ! executable >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } ||
        skip 'apt-get cannot install chromium'
fi
CHROMIUM=$(executable) || skip 'there is no Chromium; CHROMIUM=… says where one is'
export CHROMIUM

[ $# -gt 0 ] || set -- reports/sample/report.html
node tests/browser/report.mjs "$@"
if [ -n "${SHOTS:-}" ] && command -v pdftoppm >/dev/null; then
    pdftoppm -r 75 -png -singlefile "$SHOTS/report.pdf" "$SHOTS/report-printed"
    rm "$SHOTS/report.pdf"
fi
