# SPDX-License-Identifier: GPL-2.0
"""What a small Python program does: modules, dictionaries, strings, sorting."""
import json
import re
import zlib

records = [{"id": i, "name": f"name-{i * 7919 % 1009}", "tags": [i % 7, i % 11]}
           for i in range(4000)]
text = json.dumps(records)
again = json.loads(text)
names = sorted(re.findall(r"name-(\d+)", text), key=int)
index = {}
for r in again:
    index.setdefault(r["name"], []).append(r["id"])
packed = zlib.compress(text.encode())
if zlib.decompress(packed).decode() != text or len(names) != len(records) or len(index) != 1009:
    raise SystemExit(1)
