#!/usr/bin/env bash
# Checks the examples with the validators that the platforms' own users have: the published schemas of GitHub workflows
# and of GitLab CI (PyPI check-jsonschema carries both), GitHub's own workflow parser (npm @action-validator/core), the
# schemas of the Kubernetes API (PyPI kubernetes-validate), and the shell on every script inside. What cannot be had is
# skipped, and says so.
set -euo pipefail
cd "$(dirname "$0")"

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
failed=0

check() { # NAME COMMAND…
  local name=$1
  shift
  if "$@" >"$tools/out" 2>&1; then echo "ok       $name"; else
    echo "FAILED   $name"
    cat "$tools/out"
    failed=1
  fi
}
skip() { echo "skipped  $1: $2"; }

pip_install() { # FOLDER PACKAGE…
  local folder=$1
  shift
  python3 -m pip install --quiet --disable-pip-version-check --target "$tools/$folder" "$@" >"$tools/pip" 2>&1
}

if ! command -v python3 >/dev/null; then
  skip "schemas" "there is no python3"
else
  if pip_install schemas 'check-jsonschema==0.37.*' || pip_install schemas check-jsonschema; then
    schema() { PYTHONPATH="$tools/schemas" python3 -m check_jsonschema "$@"; }
    check "github-nightly.yml: schema of GitHub workflows" schema --builtin-schema vendor.github-workflows github-nightly.yml
    check "gitlab-ci.yml: schema of GitLab CI" schema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci gitlab-ci.yml
  else
    skip "GitHub and GitLab schemas" "check-jsonschema cannot be installed"
  fi
  if pip_install kubernetes kubernetes-validate; then
    check "kubernetes.yaml: schemas of the Kubernetes API" \
      env PYTHONPATH="$tools/kubernetes" python3 -c 'import sys; from kubernetes_validate.__main__ import main; sys.exit(main())' \
      --strict kubernetes.yaml
  else
    skip "Kubernetes schemas" "kubernetes-validate cannot be installed"
  fi
  # Every script in the files, as the shell that runs it reads it.
  if pip_install yaml pyyaml; then
    check "scripts: the shell can read them" env PYTHONPATH="$tools/yaml" python3 - <<'PYTHON'
import re, subprocess, sys, yaml

def scripts(node, under=None):
    if isinstance(node, dict):
        for name, value in node.items():
            yield from scripts(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from scripts(value, under)
    elif isinstance(node, str) and under in ("run", "script", "before_script", "args"):
        yield node

found = 0
for path in ("github-nightly.yml", "gitlab-ci.yml", "kubernetes.yaml"):
    for document in yaml.safe_load_all(open(path)):
        for script in scripts(document):
            text = re.sub(r"\$\{\{.*?\}\}", "1", script)
            done = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True)
            if done.returncode:
                sys.exit(f"{path}: {done.stderr}{script}")
            found += 1
print(found, "scripts")
sys.exit(0 if found else "no scripts found")
PYTHON
  fi
fi

# The statement of a bundle, as the libraries of in-toto and DSSE read it.
program=${PATCHPROOF:-$PWD/../target/release/patchproof}
statement() {
  (
    cd "$tools"
    "$program" keygen vendor
    PATCHPROOF_STATE_DIR=$tools/state "$program" run -q --endpoint jobs --topic merge --report bundle=bundle --sign vendor
  ) && PYTHONPATH="$tools/intoto" python3 verify-statement.py "$tools/bundle/statement.dsse.json" "$tools/vendor.pub"
}
if ! [ -x "$program" ]; then
  skip "verify-statement.py" "there is no release build"
elif pip_install intoto 'in-toto-attestation==0.9.*' 'securesystemslib[crypto]==1.*'; then
  check "verify-statement.py: in-toto and DSSE read a signed bundle" statement
else
  skip "verify-statement.py" "in-toto-attestation cannot be installed"
fi

if ! command -v npm >/dev/null; then
  skip "github-nightly.yml: action-validator" "there is no npm"
elif npm install --silent --no-fund --no-audit --prefix "$tools/npm" @action-validator/core @action-validator/cli >/dev/null 2>&1; then
  check "github-nightly.yml: action-validator" "$tools/npm/node_modules/.bin/action-validator" github-nightly.yml
else
  skip "github-nightly.yml: action-validator" "it cannot be installed"
fi

exit "$failed"
