#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Two verifiers of reports that share no code, "nacc report --verify" and tools/evidence/verify,
on the firmware's own reports and on all that is nearly one: they must agree, and be right.

  test_evidence.py      builds what it wants in build/evidence-tests; ends with "N passed, N failed"
"""
import importlib.machinery
import importlib.util
import hashlib
import json
import os
import struct
import subprocess
import sys

import cbor2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(TOP, "build", "evidence-tests")
sys.dont_write_bytecode = True

loader = importlib.machinery.SourceFileLoader("verify", os.path.join(HERE, "verify"))
spec = importlib.util.spec_from_loader("verify", loader)
verify = importlib.util.module_from_spec(spec)
loader.exec_module(verify)

SEED = hashlib.sha512(b"NACC development key: anybody can sign with it").digest()[:32]
PRIVATE = Ed25519PrivateKey.from_private_bytes(SEED)
PUBLIC = verify.read_key(os.path.join(HERE, "development.pub"))
OTHER = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
# As sbi-shim/tests/test_report.c asks for it
NONCE = bytes(range(0xa0, 0xe0))

count = [0, 0]


def raw(public):
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def check(what, ok, more=""):
    count[not ok] += 1
    print(f"{'ok' if ok else 'not ok'} - {what}{'' if ok else f': {more}'}", flush=True)


def run(*cmd, **options):
    return subprocess.run(cmd, cwd=TOP, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)


def build(*cmd, **options):
    done = run("make", *cmd, **options)
    if done.returncode:
        print(done.stdout.decode()[-3000:])
        check(" ".join(cmd), False, "it cannot be built")
        finish()


def finish():
    print(f"{count[0]} passed, {count[1]} failed")
    sys.exit(1 if count[1] or not count[0] else 0)


def firmware_report():
    """The longest report, of the firmware's own code."""
    path = os.path.join(OUT, "longest.eat")
    build("-C", "sbi-shim/tests", f"O={TOP}/build/shim-tests", "check", "SUITES=report",
          env={**os.environ, "NACC_REPORT_OUT": path})
    return verify.read(path)


def sign(payload, key=PRIVATE, protected=None, plain=b"\xa0"):
    """A report as the firmware makes them, but for what is given."""
    if protected is None:
        kid = hashlib.sha512(PUBLIC).digest()[:8]
        protected = b"\xa2\x01\x27\x04\x48" + kid
    text = verify.encode(["Signature1", protected, b"", payload])
    encode = verify.encode
    return (b"\xd8\x3d\xd2\x84" + encode(protected) + plain + encode(payload) +
            encode(key.sign(text)))


def judged(cases, key=PUBLIC, nonce=NONCE, reference=None):
    """What the C verifier says of each."""
    data = b"".join(struct.pack("<I", len(c)) + c for c in cases)
    done = run(os.path.join(TOP, "build/nacc-tests/judge"), key.hex(),
               nonce.hex() if nonce else "-", reference or "-", input=data)
    return done.stdout.decode().split()


def agree(what, cases, wanted, key=PUBLIC, nonce=NONCE, reference=None):
    """Both say WANTED, a verdict or a set of those that are right, of each case."""
    wanted = {wanted} if isinstance(wanted, str) else wanted
    values = verify.references(verify.read(reference)) if reference else None
    python = [verify.judge(c, key, nonce, values)[0] for c in cases]
    c = judged(cases, key, nonce, reference)
    bad = [i for i, pair in enumerate(zip(python, c)) if pair[0] != pair[1] or pair[0] not in wanted]
    check(f"{what}: {len(cases)} cases", len(c) == len(cases) and not bad,
          f"{len(c)} answers; first at {bad[:1]}: python {[python[i] for i in bad[:1]]}, "
          f"C {[c[i] for i in bad[:1]]}, {[cases[i].hex()[:200] for i in bad[:1]]}")


def altered(report):
    for i, byte in enumerate(report):
        for bits in (1, 0x20, 0x80, 0xff):
            yield report[:i] + bytes([byte ^ bits]) + report[i + 1:]


def not_deterministic(payload):
    """The same claims, said otherwise: what each place of them could be as well."""
    claims = cbor2.loads(payload)
    first = next(iter(claims))
    yield payload + b"\x00"
    yield b"\xb8" + bytes([len(claims)]) + payload[1:]              # a longer head
    yield b"\xbf" + payload[1:] + b"\xff"                           # no length
    yield payload.replace(b"\x19\x01\x05\x0c", b"\x19\x01\x05\x18\x0c")
    yield payload.replace(b"\x19\x01\x05\x0c", b"\x19\x01\x05\x19\x00\x0c")
    yield payload.replace(b"\x19\x01\x05\x0c", b"\x1a\x00\x00\x01\x05\x0c")
    # In another order, and twice the same
    pairs = [(verify.encode(k), verify.encode(v)) for k, v in claims.items()]
    begin = verify.head(5, len(pairs))
    yield begin + b"".join(k + v for k, v in reversed(pairs))
    yield begin + b"".join(k + v for k, v in pairs[1:] + pairs[:1])
    yield verify.head(5, len(pairs) + 1) + verify.encode(first) + \
        verify.encode(claims[first]) + payload[1:]
    # A nonce in two pieces
    nonce = claims[10]
    yield payload.replace(verify.encode(nonce),
                          b"\x5f\x48" + nonce[:8] + verify.encode(nonce[8:]) + b"\xff")


def wrong_claims(claims):
    """Claims that are CBOR as it should be, and still none of a report."""
    for claim in (10, 265, 268, 273, -70000, -70001, -70002):
        yield {k: v for k, v in claims.items() if k != claim}
    for claim, value in ((10, b"1234567"), (10, bytes(65)), (10, "text"), (261, "x"),
                         (261, -1), (263, b""), (265, "tag:nacc.invalid,2026:evidence:2"),
                         (265, b"x"), (268, "x"), (270, 1), (273, {}), (273, [[295]]),
                         (273, [[294, b""]]), (273, [[295, b"\xa0"]]), (273, [[295, "x"]]),
                         (273, [[295, b""]]), (273, claims[273] * 5), (-70000, 1),
                         (-70001, []), (-70001, {1: "x"}), (-70001, {-1: 1}),
                         (-70002, {6: 1}), (-70002, {6: {1: "x"}}), (-70003, 1),
                         (-70003, {1: {}}), (-70003, {13: 1}), (-70003, {13: bytes(63)}),
                         (-70003, {1: bytes(64)}), (-70004, "x"), ("text", 1)):
        yield {**claims, claim: value}
    component = cbor2.loads(claims[273][0][1])
    for key, value in ((1, "x"), (1, []), (1, ["a", "b"]), (2, [8, b"short"]), (2, [7, bytes(64)]),
                       (2, [8, bytes(64), 0]), (3, 1)):
        yield {**claims, 273: [[295, verify.encode({**component, key: value})]]}


def good_claims(claims):
    yield claims
    yield {**claims, -80000: {"a claim of": ["a later", "version"]}, 300: None}
    yield {k: v for k, v in claims.items() if k not in (261, 263, 270, -70003, -70004)}
    yield {**claims, 10: NONCE, -70004: b"\xff no CBOR"}


def corim(values, name):
    """A CoRIM by the tool's own functions would be no test: by hand."""
    path = os.path.join(OUT, name)
    rows = [{0: n, 1: {2: [[8, digest]]}} for n, digest in values]
    comid = {1: {0: "test"}, 4: {0: [[{0: {1: "NACC"}}, rows]]}}
    tags = [cbor2.CBORTag(506, verify.encode(comid)), cbor2.CBORTag(505, b"another's")]
    with open(path, "wb") as f:
        f.write(verify.encode(cbor2.CBORTag(501, {0: "test", 1: tags})))
    return path


def nacc(*args):
    return run(os.path.join(TOP, "build/nacc-tests/nacc"), "report", *args)


def file_of(name, data):
    path = os.path.join(OUT, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def test_forms(report):
    agree("the firmware's own", [report], "ok")
    agree("broken off", [report[:i] for i in range(len(report))], "form")
    agree("altered", list(altered(report)), {"form", "signature"})
    agree("longer", [report + b"\0", report + report, report.ljust(5000, b"\0")], "form")
    payload = verify.parts(report)[1]
    agree("signed, and not deterministic",
          [sign(p) for p in not_deterministic(payload) if p != payload], "form")
    check("ten ways to be that", len(set(not_deterministic(payload)) - {payload}) == 10)
    claims = cbor2.loads(payload)
    agree("signed, and other claims", [sign(verify.encode(c)) for c in wrong_claims(claims)],
          "form")
    agree("signed, and good", [sign(verify.encode(c)) for c in good_claims(claims)], "ok")
    for levels, verdict in ((15, "ok"), (16, "form"), (1000, "form")):
        deep = verify.encode({**claims, -80000: "deep"})
        deep = deep.replace(b"\x64deep", b"\x81" * levels + b"\0")
        agree(f"{levels} levels deep", [sign(deep)], verdict)
    headers = [b"", b"\xa0", b"\xa1\x01\x27", b"\xa2\x01\x26\x04\x48" + bytes(8),
               b"\xa2\x01\x27\x04\x47" + bytes(7), b"\xa2\x04\x48" + bytes(8) + b"\x01\x27",
               b"\xa2\x01\x38\x07\x04\x48" + bytes(8)]
    agree("other headers", [sign(payload, protected=h) for h in headers], "form")
    agree("an unprotected header", [sign(payload, plain=b"\xa1\x01\x27")], "form")
    agree("no report at all", [b"", b"\0", b"\xf6", b"\xd8\x3d\xd2\x80", os.urandom(300)], "form")


def test_keys(report):
    payload = verify.parts(report)[1]
    agree("another's key", [report], "signature", key=raw(OTHER.public_key()))
    agree("signed by another", [sign(payload, key=OTHER)], "signature")


def test_nonces(report):
    for nonce in (NONCE[:-1], NONCE[:-1] + b"x", bytes(8)):
        agree(f"a replay: nonce of {len(nonce)} bytes", [report], "nonce", nonce=nonce)
    agree("no nonce to compare with", [report], "ok", nonce=None)


def test_references(report):
    claims = cbor2.loads(verify.parts(report)[1])
    values = [(c[1][0], c[2][1]) for c in (cbor2.loads(e[1]) for e in claims[273])]
    good = corim(values, "good.corim")
    agree("as the reference has it", [report], "ok", reference=good)
    for i, (name, digest) in enumerate(values):
        other = values[:i] + [(name, bytes(64))] + values[i + 1:]
        path = corim(other, f"other-{name}.corim")
        agree(f"another {name}", [report], "reference", reference=path)
        done = nacc("--verify", os.path.join(OUT, "longest.eat"), "--key",
                    os.path.join(HERE, "development.pub"), "--reference", path, "--json")
        text = done.stdout.decode()
        states = {c["name"]: c["state"]
                  for c in json.loads(text[text.index("{"):text.rindex("}") + 1])["components"]}
        check(f"another {name}: it is named, and no other",
              done.returncode == 1 and states == {n: "differs" if n == name else "ok"
                                                  for n, _ in values}, f"{text}")
        agree(f"another {name}, and the right one", [report], "ok",
              reference=corim(other + [(name, digest)], "two.corim"))
        agree(f"no {name} in the reference", [report], "ok",
              reference=corim(values[:i] + values[i + 1:], "fewer.corim"))
    agree("something is not measured", [report], "reference",
          reference=corim(values + [("initrd", bytes(64))], "more.corim"))


def test_seals(report):
    """As test_report.c seals: both verifiers are told a list, and must say the same of it."""
    key, path = os.path.join(HERE, "development.pub"), os.path.join(OUT, "longest.eat")
    first = {"pid": 7, "start": "0x10000", "end": "0x11000", "kib": 4}
    second = {"pid": 7, "start": "0x12000", "end": "0x13000", "kib": 4}
    claims = cbor2.loads(verify.parts(report)[1])
    none = file_of("unsealed.eat", sign(verify.encode(
        {**claims, -70003: {k: v for k, v in claims[-70003].items() if k != 13}})))
    for what, eat, rows, verdict in (
            ("the ranges", path, [first, second], "ok"),
            ("of whichever process", path, [{**r, "pid": 8} for r in (first, second)], "ok"),
            ("of two processes", path, [first, {**second, "pid": 8}], "seals"),
            ("in another order", path, [second, first], "seals"),
            ("one fewer", path, [first], "seals"),
            ("none", path, [], "seals"),
            ("one more", path, [first, second, first], "seals"),
            ("a page less", path, [first, {**second, "start": "0x11000"}], "seals"),
            ("nothing is sealed, nor should be", none, [], "ok"),
            ("nothing is sealed", none, [first], "seals")):
        args = (eat, "--key", key, "--seals", file_of("seals.json", json.dumps(rows).encode()))
        c = nacc("--verify", *args, "--json")
        text = c.stdout.decode()
        said = json.loads(text[text.index("{"):text.rindex("}") + 1])["verdict"]
        other = json.loads(run(os.path.join(HERE, "verify"), *args).stdout)["verdict"]
        check(f"seals, {what}: {verdict}", said == other == verdict and
              c.returncode == (verdict != "ok"), f"{said}, {other}, status {c.returncode}")
    for bad in (b"", b"{}", b"[1]", b'[{"pid": 7}]', b'[{"pid": 7, "start": 1, "end": 2}]',
                b'[{"pid": "7", "start": "0x1", "end": "0x2"}]'):
        done = nacc("--verify", path, "--key", key, "--seals", file_of("bad.json", bad))
        check(f"no list of seals: {bad.decode()}", done.returncode == 2 and
              b"is no list of seals" in done.stdout, done.stdout)


def test_command(report):
    path, key = os.path.join(OUT, "longest.eat"), os.path.join(HERE, "development.pub")
    good = os.path.join(OUT, "good.corim")
    done = nacc("--verify", path, "--key", key, "--nonce", NONCE.hex(), "--reference", good)
    text = done.stdout.decode()
    check("nacc report --verify: ok", done.returncode == 0 and
          "nacc report: ok: signed by this key, fresh, as the reference" in text, text)
    check("it calls the development key that", "this is the development key" in text, text)
    check("what was told is told apart", "told by the kernel, vouched for by nobody: other=5454"
          in text, text)
    done = nacc("--verify", path, "--key", key)
    check("it says what was not compared", b"no nonce" in done.stdout and
          b"no reference values" in done.stdout, done.stdout)
    done = nacc("--verify", file_of("short.eat", report[:300]), "--key", key)
    check("and calls the key that of what it cannot read, too", done.returncode == 1 and
          b"development key" in done.stdout and b"no report of this profile" in done.stdout,
          done.stdout)
    for what, args, status in (
            ("no key", ("--verify", path), 2),
            ("a key that is none", ("--verify", path, "--key", path), 2),
            ("no such file", ("--verify", path + "x", "--key", key), 3),
            ("no such key", ("--verify", path, "--key", key + "x"), 3),
            ("a reference that is none", ("--verify", path, "--key", key, "--reference", path), 2),
            ("a nonce that is none", ("--verify", path, "--key", key, "--nonce", "0g" * 8), 2),
            ("a nonce that is too short", ("--verify", path, "--key", key, "--nonce", "00"), 2),
            ("a domain", ("web", "--verify", path, "--key", key), 2)):
        done = nacc(*args)
        check(f"{what}: {status}", done.returncode == status, done.stdout)
    done = run(os.path.join(HERE, "verify"), path, "--key", key, "--reference", good)
    told = json.loads(done.stdout)
    check("tools/evidence/verify: ok, by the development key", done.returncode == 0 and
          told["development"] and told["verdict"] == "ok", done.stdout)


def main():
    os.makedirs(OUT, exist_ok=True)
    check("the published key is that of the published seed", raw(PRIVATE.public_key()) == PUBLIC)
    build("-C", "tools/nacc", f"O={TOP}/build/nacc-tests", "all", f"{TOP}/build/nacc-tests/judge")
    report = firmware_report()
    test_forms(report)
    test_keys(report)
    test_nonces(report)
    test_references(report)
    test_seals(report)
    test_command(report)
    finish()


if __name__ == "__main__":
    main()
