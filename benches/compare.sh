#!/usr/bin/env bash
# Whole-process figures: patchproof on N one-request case files against nginx on loopback, beside wrk, which is the least
# that the same requests cost, and Hurl where it is installed. Each tool in turn, five rounds; prints medians as ratios.
#
#   benches/compare.sh [N …]          needs nginx, wrk and GNU time; Hurl 8 is compared where `hurl` is found
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'nginx -p "$work/6" -c "$work/6/nginx.conf" -s stop 2>/dev/null || true; rm -rf "$work"' EXIT
PATH=$PATH:/usr/sbin
for tool in nginx wrk /usr/bin/time; do command -v "$tool" >/dev/null || { echo "needs $tool"; exit 2; }; done
cargo build --quiet --release --bin patchproof --example generate_cases
patchproof=$PWD/target/release/patchproof
counts=("${@:-6 6000}")
for n in 6 ${counts[*]}; do target/release/examples/generate_cases "$n" "$work/$n"; done
nginx -p "$work/6" -c "$work/6/nginx.conf"
base=$(grep -o 'http://[^ ]*' "$work/6/target")

cat >"$work/wrk.lua" <<LUA
wrk.method = "PATCH"
wrk.headers["Content-Type"] = "application/json"
wrk.path = "/beta/dataClassification/jobs/324d1724-1724-324d-2417-4d3224174d32"
local file = io.open("$work/body.json")
wrk.body = file:read("a")
LUA
python3 - "$work" <<'PY'
import json, sys
case = json.load(open(sys.argv[1] + "/6/cases/speed/case-000000.json"))
body = case["request"]["body"]
json.dump(body, open(sys.argv[1] + "/body.json", "w"), indent=2)
PY

hurl_files() { # N
    python3 - "$work" "$1" <<'PY'
import json, os, sys
work, n = sys.argv[1], int(sys.argv[2])
os.makedirs(f"{work}/{n}/hurl", exist_ok=True)
for i in range(n):
    case = json.load(open(f"{work}/{n}/cases/speed/case-{i:06}.json"))
    lines = [f"PATCH {{{{base}}}}/dataClassification/{case['endpoints'][0]}/324d1724-1724-324d-2417-4d3224174d32",
             "Content-Type: application/json", json.dumps(case["request"]["body"], indent=2), "HTTP 200", "[Asserts]",
             'header "Content-Type" startsWith "application/json"']
    for pointer, matcher in case["expect"]["members"].items():
        lines.append(f'jsonpath "$.{pointer[1:].replace("/", ".")}" == "{matcher["equals"]}"')
    for name in ("creationDateTime", "startDateTime", "endDateTime", "error.innerError.errorDateTime"):
        lines.append(f'jsonpath "$.{name}" isIsoDate')
    open(f"{work}/{n}/hurl/case-{i:06}.hurl", "w").write("\n".join(lines) + "\n")
PY
}

measure() { # name, N, command…
    local name=$1 n=$2
    shift 2
    /usr/bin/time -a -o "$work/$name.$n" -f '%e %U %S %M' "$@" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
}

export PATCHPROOF_TOKEN=a-token-for-measuring XDG_STATE_HOME=$work/state
for n in ${counts[*]}; do
    command -v hurl >/dev/null && hurl_files "$n"
    for round in 0 1 2 3 4 5; do
        wrk -t1 -c16 -d2 -s "$work/wrk.lua" "$base" | awk -v n="$n" '/requests in/ { print $4 / $1 * n }' >>"$work/wrk.$n"
        # shellcheck disable=SC2046
        measure patchproof "$n" "$patchproof" run -q --cases "$work/$n/cases" $(cat "$work/$n/target") \
            --report "json=$work/report.json" --report "junit=$work/report.xml"
        command -v hurl >/dev/null && measure hurl "$n" hurl --test --jobs 2 --variable "base=$base" \
            --report-junit "$work/hurl.xml" "$work/$n/hurl"
        # The first round warms up.
        [ "$round" = 0 ] && rm -f "$work"/{wrk,patchproof,hurl}."$n"
    done
done
python3 - "$work" ${counts[*]} <<'PY'
import os, statistics, sys
work = sys.argv[1]
print(f"{'cases':>7} {'tool':<12} {'wall s':>8} {'x floor':>8} {'us/case':>8} {'cpu us':>8} {'peak MB':>8}")
for n in sys.argv[2:]:
    floor = statistics.median(map(float, open(f"{work}/wrk.{n}")))
    print(f"{n:>7} {'wrk -c16':<12} {floor:>8.3f} {1:>8.1f} {floor / int(n) * 1e6:>8.1f}")
    for tool in ("patchproof", "hurl"):
        if os.path.exists(f"{work}/{tool}.{n}"):
            rows = [list(map(float, line.split())) for line in open(f"{work}/{tool}.{n}")]
            wall, user, system, peak = (statistics.median(column) for column in zip(*rows))
            print(f"{'':>7} {tool:<12} {wall:>8.3f} {wall / floor:>8.1f} {wall / int(n) * 1e6:>8.1f}"
                  f" {(user + system) / int(n) * 1e6:>8.1f} {peak / 1024:>8.1f}")
PY
