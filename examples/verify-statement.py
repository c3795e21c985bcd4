#!/usr/bin/env python3
"""Verifies the signed statement of a bundle without patchproof, by the libraries of in-toto and of DSSE themselves.

    pip install in-toto-attestation 'securesystemslib[crypto]'
    examples/verify-statement.py BUNDLE/statement.dsse.json vendor.pub

Prints the result and what it is about. `patchproof verify` looks at more: at the bundle behind the statement.
"""

import copy
import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

path, public = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    envelope = json.load(file)
with open(public, "rb") as file:
    key = SSlibKey.from_crypto(load_pem_public_key(file.read()))
key.keyid = envelope["signatures"][0]["keyid"]  # a hint only; the signature is checked with the key that was given

checked = Envelope.from_dict(copy.deepcopy(envelope))
checked.verify([key], threshold=1)
assert checked.payload_type == "application/vnd.in-toto+json", checked.payload_type

payload = json.loads(checked.payload)
statement = json_format.ParseDict(payload, statement_pb2.Statement())
Statement.copy_from_pb(statement).validate()
assert statement.predicate_type == "https://in-toto.io/attestation/test-result/v0.1", statement.predicate_type
predicate = json_format.ParseDict(payload["predicate"], test_result_pb2.TestResult())

print(predicate.result)
for subject in statement.subject:
    print(f"{subject.name} sha256:{subject.digest['sha256']}")
