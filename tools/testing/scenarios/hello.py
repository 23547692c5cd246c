# SPDX-License-Identifier: GPL-2.0
# Run in a container: an interpreter, its imports, memory, a child.
import hashlib
import json
import subprocess

numbers = [n * n for n in range(100000)]
digest = hashlib.sha256(json.dumps(numbers).encode()).hexdigest()
child = subprocess.run(["echo", "child"], stdout=subprocess.PIPE, text=True, check=True)
print(f"python: {sum(numbers)} {digest[:16]} {child.stdout.strip()}")
