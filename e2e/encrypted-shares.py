"""A second implementation of docs/encrypted-shares.md, from that text alone. Makes the shares of the test vectors, and reads them."""

import base64
import hashlib
import json
import math
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECORD = 65536
PLAIN = RECORD - 16


def derive(secret, label, length):
    info = b"tabswarm encrypted share 1 " + label.encode()
    return HKDF(hashes.SHA256(), length, salt=None, info=info).derive(secret)


def nonce(record, is_last):
    return record.to_bytes(11, "big") + bytes([is_last])


def padded(needed):
    exponent = int(math.log2(needed))
    kept = int(math.log2(exponent)) + 1 if exponent > 0 else 1
    mask = (1 << max(0, exponent - kept)) - 1
    return (needed + mask) & ~mask


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, str):
        return bencode(value.encode())
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"


def zeros_to_records(data):
    return data + bytes(-len(data) % PLAIN)


def seal(secret, manifest, content):
    check = derive(secret, "check", 8)
    head = zeros_to_records(check + len(manifest).to_bytes(4, "big") + manifest)
    plain = head + zeros_to_records(content)
    count = padded(len(plain) // PLAIN)
    plain += bytes(count * PLAIN - len(plain))
    keys = [AESGCM(derive(secret, label, 32)) for label in ("manifest", "content")]
    sealed = b""
    for record in range(count):
        part = plain[record * PLAIN : (record + 1) * PLAIN]
        clear = 8 if record == 0 else 0
        key = keys[0 if record * PLAIN < len(head) else 1]
        sealed += part[:clear] + key.encrypt(nonce(record, record == count - 1), part[clear:], None)
    return sealed


def unseal(secret, sealed):
    """The manifest and the content with its padding."""
    count = len(sealed) // RECORD
    keys = [AESGCM(derive(secret, label, 32)) for label in ("manifest", "content")]
    assert sealed[:8] == derive(secret, "check", 8), "the key does not fit"

    def opened(record, key):
        part = sealed[record * RECORD : (record + 1) * RECORD]
        clear = 8 if record == 0 else 0
        return part[:clear] + key.decrypt(nonce(record, record == count - 1), part[clear:], None)

    head = opened(0, keys[0])
    length = int.from_bytes(head[8:12], "big")
    records = -(-(12 + length) // PLAIN)
    head += b"".join(opened(record, keys[0]) for record in range(1, records))
    content = b"".join(opened(record, keys[1]) for record in range(records, count))
    return head[12 : 12 + length], content


def content_of(file, length):
    return bytes((31 * file + 7 * at + at // 256) % 256 for at in range(length))


def check_share(secret, vector):
    numbered = vector.get("numberedFiles")
    files = vector.get("files") or [
        {"path": numbered["path"] % at, "bytes": numbered["bytes"]} for at in range(numbered["count"])
    ]
    if vector["isFolder"]:
        entries = [{"length": file["bytes"], "path": file["path"].split("/")} for file in files]
        manifest = bencode({"name": vector["name"], "files": entries})
    else:
        manifest = bencode({"name": vector["name"], "length": files[0]["bytes"]})
    assert hashlib.sha1(manifest).hexdigest() == vector["manifestSha1"], "manifest"
    content = b"".join(content_of(at, file["bytes"]) for at, file in enumerate(files))
    sealed = seal(secret, manifest, content)
    assert len(sealed) == vector["records"] * RECORD, "records"
    assert sealed[:32].hex() == vector["firstBytes"] and sealed[-32:].hex() == vector["lastBytes"], "bytes"
    length = vector["pieceLength"]
    pieces = [hashlib.sha1(sealed[at : at + length]).digest() for at in range(0, len(sealed), length)]
    assert [piece.hex() for piece in pieces] == vector["pieceHashes"], "pieces"
    info = {"name": "encrypted-share-1", "length": len(sealed), "piece length": length, "pieces": b"".join(pieces)}
    assert hashlib.sha1(bencode(info)).hexdigest() == vector["infoHash"], "info-hash"
    again, padded_content = unseal(secret, sealed)
    assert again == manifest and padded_content[: len(content)] == content, "reading"
    swapped = sealed[:RECORD] + sealed[-RECORD:] + sealed[2 * RECORD : -RECORD] + sealed[RECORD : 2 * RECORD]
    if len(sealed) > 2 * RECORD:
        try:
            unseal(secret, swapped)
        except InvalidTag:
            return
        raise AssertionError("swapped records were read")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        vectors = json.load(file)
    secret = base64.urlsafe_b64decode(vectors["key"] + "=")
    assert len(secret) == 32
    for label, expected in vectors["derived"].items():
        assert derive(secret, label, len(expected) // 2).hex() == expected, label
    for each in vectors["nonces"]:
        assert nonce(each["record"], each["isLast"]).hex() == each["nonce"], each
    for each in vectors["padded"]:
        assert padded(each["needed"]) == each["records"], each
    for vector in vectors["shares"]:
        check_share(secret, vector)
    print(f"{len(vectors['shares'])} shares")


main()
