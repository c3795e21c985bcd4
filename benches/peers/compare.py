#!/usr/bin/env python3
"""Lets a peer judge the wrong and the differing servers of the catalogue.

    patchproof selftest --json matrix.json
    compare.py run PEER matrix.json results.csv --patchproof BIN --peer BIN [--faults K] [--variations K]
    compare.py table results.csv matrix.json

PEER is hurl, schemathesis, patchproof or 'patchproof --deny should'; BIN is its program. K takes every K-th row of
each group.
Rows that results.csv has already are not run again, so a run that was broken off can go on.
Needs Python 3.10 and nothing else; every server listens on loopback.
"""

import argparse
import csv
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
CASES = HERE.parent.parent / "cases"
TOKEN = "patchproof-reference-token"
JOB, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
COLLECTIONS = [
    "jobs",
    "classifyFileJobs",
    "classifyTextJobs",
    "evaluateLabelJobs",
    "evaluateDlpPoliciesJobs",
    "labelsAndPoliciesEvaluationJobs",
]
# What `serve` offers. A fault that shows only where more is offered (a second tenant, say) is left out for all.
OFFERED = {"readback", "etag", "second-job", "provision", "alias"}
LIMIT = 120  # seconds for one process
FIELDS = ["peer", "kind", "row", "group", "collection", "result", "exit", "seconds"]


def jobs(judged):
    """The jobs of the collection that is judged, and others of the other collections."""
    for place, name in enumerate(COLLECTIONS):
        others = JOB.replace("1", str(place + 3)), OTHER.replace("2", "abcdef"[place])
        ids = (JOB, OTHER) if name == judged else others
        yield from (part for id in ids for part in ("--job", f"{name}={id}"))


def hurl(peer, base, collection):
    values = {"base": base, "collection": collection, "job": JOB, "other": OTHER, "token": TOKEN}
    variables = [part for name, value in values.items() for part in ("--variable", f"{name}={value}")]
    files = sorted(map(str, HERE.glob("hurl/*.hurl")))
    return [peer, "--test", "--jobs", "1", "--compressed", "--path-as-is", "--max-time", "10", *variables, *files]


def schemathesis(peer, base, collection):
    return [
        peer, "--config-file", str(HERE / "schemathesis.toml"), "run", str(HERE / "openapi.json"),
        "--url", base, "--header", f"Authorization: Bearer {TOKEN}", "--checks", "all",
        "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "25", "--seed", "1",
        "--include-path", f"/dataClassification/{collection}/{{jobId}}", "--exclude-method", "DELETE",
        "--request-timeout", "10", "--max-failures", "1", "--no-shrink",
    ]  # fmt: skip


def patchproof(peer, base, collection, *more):
    return [
        peer, "run", "--base-url", base, *jobs(collection), "--endpoint", collection, "--capability", "provision",
        "--alias", "independent", "--keep-runs", "0", "--history", "off", *more,
    ]  # fmt: skip


def patchproof_should(peer, base, collection):
    return patchproof(peer, base, collection, "--deny", "should")


# How a peer is called, and the exit codes by which it says that the server is wrong.
PEERS = {
    "patchproof": (patchproof, {1}),
    "patchproof --deny should": (patchproof_should, {1}),
    "schemathesis": (schemathesis, {1}),
    "hurl": (hurl, {3, 4}),
}


@contextmanager
def served(patchproof, row):
    """The base URL of a server that is wrong, or differs, as the row says."""
    how = [] if row["kind"] == "sound" else [f"--{row['kind']}", row["name"]]
    command = [patchproof, "serve", "--message-format", "json", "--token", TOKEN, *jobs(row["collection"]), *how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            ready, _, _ = select.select([server.stdout], [], [], 20)
            if not ready:
                raise RuntimeError(f"{row['name']}: the server does not say where it listens")
            yield json.loads(server.stdout.readline())["baseUrl"]
        finally:
            server.terminate()


def judged(name, peer, base, collection):
    """What the peer says, its exit code, and how long it took."""
    call, wrong = PEERS[name]
    environment = os.environ | {"PATCHPROOF_TOKEN": TOKEN}
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                call(peer, base, collection),
                cwd=folder,
                env=environment | {"PATCHPROOF_STATE_DIR": folder},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "not run", "timeout", LIMIT
    seconds = time.monotonic() - start
    result = "wrong" if done.returncode in wrong else "right" if done.returncode == 0 else "not run"
    return result, done.returncode, round(seconds, 2)


def witness(fault):
    """The collection on which a fault shows, and the capabilities that it takes to see it there."""
    seen = next(seen for seen in fault["seen"] if seen["requirement"] in fault["requirements"])
    collection, topic, case = seen["trial"].split("::")
    needs = json.loads((CASES / topic / f"{case}.json").read_text()).get("needs", [])
    return collection, set(needs)


def rows(matrix, every):
    """The rows to judge, each with its group and collection: every K-th of each group."""
    count = defaultdict(int)
    for row in json.loads(Path(matrix).read_text())["rows"]:
        collection, needs, group = "jobs", set(), ""
        if row["kind"] == "fault":
            collection, needs = witness(row)
            group = row["requirements"][0].split("-")[1]
        if needs <= OFFERED:
            place = count[row["kind"], group]
            count[row["kind"], group] += 1
            if place % every[row["kind"]] == 0:
                yield row | {"group": group, "collection": collection}


def run(given):
    known = set()
    results = Path(given.results)
    if results.exists():
        with results.open(newline="") as file:
            known = {(line["peer"], line["row"]) for line in csv.DictReader(file)}
    with results.open("a", newline="") as file:
        table = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if file.tell() == 0:
            table.writeheader()
        for row in rows(given.matrix, {"sound": 1, "fault": given.faults, "variation": given.variations}):
            if (given.name, row["name"]) in known:
                continue
            with served(given.patchproof, row) as base:
                result, code, seconds = judged(given.name, given.peer, base, row["collection"])
            if row["kind"] == "sound" and result != "right":
                sys.exit(f"{given.name} does not pass the sound server: exit code {code}")
            line = [given.name, row["kind"], row["name"], row["group"], row["collection"], result, code, seconds]
            table.writerow(dict(zip(FIELDS, line)))
            file.flush()


def program(name):
    """The path of a program, which holds in any folder."""
    if path := shutil.which(name):
        return os.path.abspath(path)
    raise argparse.ArgumentTypeError(f"{name}: there is no such program")


def share(lines):
    """How many of these servers were called wrong."""
    wrong = sum(line["result"] == "wrong" for line in lines)
    return f"{wrong} of {len(lines)} ({100 * wrong / len(lines):.0f} %)" if lines else ""


def print_table(head, body):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for line in body:
        print("| " + " | ".join(line) + " |")
    print()


def table(given):
    with open(given.results, newline="") as file:
        lines = list(csv.DictReader(file))
    peers = [peer for peer in PEERS if any(line["peer"] == peer for line in lines)]
    by_peer = {peer: {line["row"]: line for line in lines if line["peer"] == peer} for peer in peers}
    shared = set.intersection(*(set(by_peer[peer]) for peer in peers))

    def of(peer, kind, only=None, group=None):
        mine = (line for line in by_peer[peer].values() if line["kind"] == kind)
        return [
            line
            for line in mine
            if (only is None or line["row"] in only) and (group is None or line["group"] == group)
        ]

    groups = list(dict.fromkeys(line["group"] for line in lines if line["kind"] == "fault"))
    print("### Faults found, on the rows that all have judged\n")
    body = [[group, *(share(of(peer, "fault", shared, group)) for peer in peers)] for group in groups]
    body.append(["all", *(share(of(peer, "fault", shared)) for peer in peers)])
    print_table(["group", *peers], body)
    print("### False alarms, on the rows that all have judged\n")
    variations = [row for row in json.loads(Path(given.matrix).read_text())["rows"] if row["kind"] == "variation"]
    should = {row["name"] for row in variations if row["requirements"]}
    kinds = {"as it should be": shared - should, "against a SHOULD": shared & should, "all": shared}
    body = [[kind, *(share(of(peer, "variation", only)) for peer in peers)] for kind, only in kinds.items()]
    print_table(["variation", *peers], body)
    print("### All rows that each has judged\n")
    head = ["tool", "faults found", "false alarms", "could not judge"]
    body = []
    for peer in peers:
        failed = sum(line["result"] == "not run" for line in by_peer[peer].values())
        body.append([peer, share(of(peer, "fault")), share(of(peer, "variation")), str(failed)])
    print_table(head, body)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run")
    running.add_argument("name", choices=PEERS)
    running.add_argument("matrix")
    running.add_argument("results")
    running.add_argument("--patchproof", required=True, type=program)
    running.add_argument("--peer", required=True, type=program)
    running.add_argument("--faults", type=int, default=1)
    running.add_argument("--variations", type=int, default=1)
    running.set_defaults(work=run)
    telling = commands.add_parser("table")
    telling.add_argument("results")
    telling.add_argument("matrix")
    telling.set_defaults(work=table)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that no server is left behind
    given.work(given)


if __name__ == "__main__":
    main()
