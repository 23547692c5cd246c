#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make install" does: all that is listed and nothing else, below DESTDIR and prefix,
# and what the system reads of it, system can read.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
b=$top/build/install-tests
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=../testing/verdict.sh
. "$top/tools/testing/verdict.sh"

put() {
	"$top/tools/packaging/put" nacc="$b/nacc" libnacc="$b/libnacc" slurm="$b/slurm" \
		firmware="$b/none" "$@" >"$tmp/out" 2>&1
}

files() { (cd "$1" && find . ! -type d | sed 's/^\.//' | sort); }

cd "$top" || exit 1
CC=${HOSTCC:-gcc} tools/packaging/compile "$b" >"$tmp/log" 2>&1
verdict "it is built" $? || cat "$tmp/log"
parts='command service libnacc slurm firmware doc'
# shellcheck disable=SC2086 # words
put DESTDIR="$tmp/d" $parts
verdict "it is installed" $?
# shellcheck disable=SC2086
put --list $parts
sort "$tmp/out" >"$tmp/listed"
files "$tmp/d" | diff "$tmp/listed" - && [ "$(sort -u "$tmp/listed" | wc -l)" = "$(wc -l <"$tmp/listed")" ]
verdict "all that is listed, once, and nothing else" $?
[ "$(wc -l <"$tmp/listed")" -gt 20 ]
verdict "which is something" $?
(cd "$tmp/d" && find . ! -type d -exec sha256sum {} +) >"$tmp/first"
# shellcheck disable=SC2086
put DESTDIR="$tmp/d" $parts && (cd "$tmp/d" && find . ! -type d -exec sha256sum {} +) | cmp - "$tmp/first"
verdict "again changes nothing" $?
cp -r "$tmp/d" "$tmp/e"
echo 'system = yes' >"$tmp/e/etc/nacc/nacc.conf"
# shellcheck disable=SC2086
put DESTDIR="$tmp/e" $parts && [ "$(cat "$tmp/e/etc/nacc/nacc.conf")" = 'system = yes' ]
verdict "a configuration that was edited stays" $?
cmp "$tmp/d/etc/nacc/nacc.conf" "$tmp/e/etc/nacc/nacc.conf.new" &&
	[ "$(cat "$tmp/out")" = "put: $tmp/e/etc/nacc/nacc.conf is another one and stays: what comes with NACC is /etc/nacc/nacc.conf.new" ]
verdict "and what comes is beside it, which is said" $?
# shellcheck disable=SC2086
(umask 077 && put DESTDIR="$tmp/u" $parts) && [ -z "$(find "$tmp/u" -type f ! -perm -444)" ]
verdict "whatever the umask" $?
! grep -rIl "$top" "$tmp/d" | grep .
verdict "no path of this place in what can be read" $?

# shellcheck disable=SC2086
put DESTDIR="$tmp/p" prefix=/opt/x $parts && [ "$(ls "$tmp/p")" = "$(printf 'etc\nopt')" ] &&
	[ "$(ls "$tmp/p/opt")" = x ]
verdict "prefix=: below it, but for /etc" $?
grep -q '^ExecStart=/opt/x/sbin/nacc apply' "$tmp/p/opt/x/lib/systemd/system/nacc.service"
verdict "and units name it" $?
# What the unit asks before it starts: systemd takes 255 for a failure, and 1 for "no".
condition=$(sed -n 's/^ExecCondition=//p' "$tmp/p/opt/x/lib/systemd/system/nacc.service" |
	sed -e 's|[$][$]|$|g' -e "s|/opt/x/sbin/nacc|$tmp/asked|")
for status in 0:0 1:1 2:255 77:255 127:255; do
	printf '#!/bin/sh\nexit %d\n' "${status%:*}" >"$tmp/asked"
	chmod +x "$tmp/asked"
	eval "$condition"
	[ $? -eq "${status#*:}" ]
	verdict "unit: a command that ends with ${status%:*} is ${status#*:}" $?
done
# "except = /home/..." names a file that "nacc apply" has to find; the others need none.
for unit in nacc:read-only nacc-monitor:yes nacc-metrics:yes nacc-metrics@:yes; do
	grep -qx "ProtectHome=${unit#*:}" "$tmp/d/usr/lib/systemd/system/${unit%:*}.service"
	verdict "${unit%:*}.service: what is at home is ${unit#*:}" $?
done
! grep -r '@[a-z]*dir@' "$tmp/d/usr/lib"
verdict "no folder is left without its name" $?
for share in d/usr p/opt/x; do
	! grep -r '@[a-z]*dir@' "$tmp/$share/share/nacc" &&
		grep -q "\"/${share#*/}/sbin/nacc-runtime\"" "$tmp/$share/share/nacc/podman.conf" &&
		grep -q "\"/${share#*/}/sbin/nacc\"" "$tmp/$share/share/nacc/oci-hook.json" &&
		grep -q "\"/${share#*/}/sbin/nacc-runtime\"" "$tmp/$share/share/nacc/docker.json"
	verdict "files for engines name what is in /${share#*/}" $?
done
# By hand, without DESTDIR: what is compiled in is there, and engines are told of it.
cp -a "$b" "$tmp/b" && CC=${HOSTCC:-gcc} tools/packaging/compile "$tmp/b" prefix="$tmp/l" >"$tmp/log" 2>&1 &&
	tools/packaging/put nacc="$tmp/b/nacc" libnacc="$tmp/b/libnacc" slurm="$tmp/b/slurm" DESTDIR= \
		prefix="$tmp/l" sysconfdir="$tmp/l/etc" command service libnacc &&
	"$tmp/l/sbin/nacc" setup --root "$tmp/s" podman docker containerd >>"$tmp/log"
verdict "prefix= without DESTDIR: built, installed, engines are told" $? || cat "$tmp/log"
[ "$(grep -rhoE '"[^"]*/nacc(-runtime)?"' "$tmp/s" | LC_ALL=C sort | uniq -c | tr -s ' \n' ' ')" = \
	" 1 \"$tmp/l/sbin/nacc\" 3 \"$tmp/l/sbin/nacc-runtime\" " ]
verdict "each names the runtime, or the hook, that was installed" $?
[ -z "$(grep -rIlE '(^|[^a-z])/usr/(s?bin|lib|share|include)/[a-z]*nacc' "$tmp/l" | grep -v /share/nacc/earlier/)" ]
verdict "and nothing there speaks of another place" $?

# With a blank only where no file has to say it
put DESTDIR="$tmp/a b" prefix=/opt/nacc@1+2 $parts && [ "$(ls "$tmp/a b/opt")" = nacc@1+2 ] &&
	grep -qx 'ExecStart=/opt/nacc@1+2/sbin/nacc metrics --http' "$tmp/a b/opt/nacc@1+2/lib/systemd/system/nacc-metrics@.service"
verdict "a prefix with @, below a DESTDIR with a blank" $? || cat "$tmp/out"
make -s -C tools/nacc O="$b/nacc" CC="${HOSTCC:-gcc}" DESTDIR="$tmp/c d" install >"$tmp/log" 2>&1 && [ -x "$tmp/c d/usr/sbin/nacc" ]
verdict "so does the command's own Makefile" $? || cat "$tmp/log"
for odd in '/opt/a b' /opt/100% "/opt/a'b" '/opt/$(x)' opt ./opt; do
	! put DESTDIR="$tmp/n" prefix="$odd" command && [ "$(wc -l <"$tmp/out")" = 1 ] &&
		grep -qF "prefix=$odd: " "$tmp/out" && [ ! -e "$tmp/n" ]
	verdict "prefix=$odd: one sentence, nothing is installed" $?
done

# Where systemd would not look below the prefix
for f in unitdir=/etc/systemd/system udevdir=/etc/udev/rules.d sysusersdir=/etc/sysusers.d \
	modulesloaddir=/etc/modules-load.d; do
	put --list prefix=/opt $f service && grep -q "^${f#*=}/[a-z0-9-]*nacc" "$tmp/out" &&
		make -n install prefix=/opt $f | grep "tools/packaging/put DESTDIR" | grep -q " ${f%%=*}='${f#*=}' "
	verdict "make install prefix=/opt $f" $?
done

# Nothing is fetched nor built for that.
! make -s install DESTDIR="$tmp/o'n" prefix='/opt/a b' >"$tmp/out" 2>&1 && [ ! -e "$tmp/o'n" ] &&
	[ "$(grep -vc '^make' "$tmp/out")" = 1 ] && grep -qF 'prefix=/opt/a b: ' "$tmp/out"
verdict "make install with such a prefix: one sentence, at once" $? || cat "$tmp/out"

# What is there to be read leads to what is there, but for files of the tree.
links() { (cd "$1" && grep -roE '\]\([^)#:]+' --include='*.md' . | sed 's|/[^/]*:](|/|; s|:](|/|'); }
links "$tmp/d/usr/share/doc/nacc" | sort -u >"$tmp/links"
while IFS= read -r link; do
	case $link in
	*/tools/* | */sbi-shim/* | ./LICENSES | ./CHANGELOG.md | */https) ;;
	*) [ -e "$tmp/d/usr/share/doc/nacc/$link" ] || echo "$link" ;;
	esac
done <"$tmp/links" >"$tmp/dangling"
[ "$(wc -l <"$tmp/links")" -gt 20 ] && [ ! -s "$tmp/dangling" ]
verdict "documentation: its links lead somewhere" $?
cat "$tmp/dangling"

for words in nonsense 'command nonsense' nonsense=/x --nonsense; do
	# shellcheck disable=SC2086
	! put DESTDIR="$tmp/n" $words && [ "$(wc -l <"$tmp/out")" = 1 ] && [ ! -e "$tmp/n" ]
	verdict "put $words: one sentence, nothing is installed" $?
done
! put DESTDIR="$tmp/n" nacc="$b/none" command && grep -q "none/nacc is not there: build it first" "$tmp/out"
verdict "what was not built is named" $?

"$tmp/d/usr/sbin/nacc" apply --check --file "$tmp/d/etc/nacc/nacc.conf" | grep -q ': ok, 0 keys'
verdict "the configuration that comes with it is ok, and asks for nothing" $?
sed 's/^#system = no/system = yes/; s/^#\([a-z[]\)/\1/' "$tmp/d/etc/nacc/nacc.conf" >"$tmp/conf"
"$tmp/d/usr/sbin/nacc" apply --check --file "$tmp/conf" | grep -q ': ok, 16 keys, 1 domains'
verdict "and what stands there as an example is ok, too" $?

# The package's removal: what one engine refuses keeps no other's file there, and while something
# is marked it is refused. The script, with a system of its own: programs by PATH, files by name.
mkdir -p "$tmp/rm/bin" "$tmp/rm/nacc"
printf '#!/bin/sh\necho "$*" >>"%s"\n[ "$3" != podman ]\n' "$tmp/rm/calls" >"$tmp/rm/bin/nacc"
printf '#!/bin/sh\nexit 0\n' | tee "$tmp/rm/bin/modprobe" >"$tmp/rm/bin/deb-systemd-invoke"
chmod 755 "$tmp"/rm/bin/*
sed "s|/proc/nacc|$tmp/rm/nacc|g; s|/sys/module/nacc|$tmp/rm/none|" tools/packaging/debian/nacc.prerm >"$tmp/rm/prerm"
PATH=$tmp/rm/bin:$PATH sh "$tmp/rm/prerm" remove >"$tmp/out" 2>&1 &&
	[ "$(sort "$tmp/rm/calls")" = "$(printf 'setup --undo %s\n' containerd docker podman)" ]
verdict "removal: each engine by itself" $?
rm "$tmp/rm/calls"
printf 'id state\n3 live\n' >"$tmp/rm/nacc/domains"
! PATH=$tmp/rm/bin:$PATH sh "$tmp/rm/prerm" remove >"$tmp/out" 2>&1 && grep -q '1 domains are protected' "$tmp/out" &&
	[ ! -e "$tmp/rm/calls" ]
verdict "removal while something is marked: refused, and nothing is done" $?
PATH=$tmp/rm/bin:$PATH sh "$tmp/rm/prerm" upgrade 1 >"$tmp/out" 2>&1 && [ ! -s "$tmp/out" ] && [ ! -e "$tmp/rm/calls" ]
verdict "an upgrade then: it stays" $?

# Its purge: what only it knows is gone, what is somebody's own stays.
purge() { # what dpkg calls it with, of a system below $tmp/rm/root
	sed "s|\([[:blank:]]\)/\([a-z]\)|\1$tmp/rm/root/\2|g; /^#/d; s/getent group nacc/false/" tools/packaging/debian/nacc.postrm >"$tmp/rm/postrm"
	PATH=$tmp/rm/bin:$PATH sh "$tmp/rm/postrm" "$1" >"$tmp/out" 2>&1
}
for d in etc/nacc/writers.d run/nacc var/lib/prometheus/node-exporter; do
	mkdir -p "$tmp/rm/root/$d"
	touch "$tmp/rm/root/$d/nacc.prom"
done
touch "$tmp/rm/root/etc/nacc/mine"
purge remove && [ "$(files "$tmp/rm/root" | wc -l)" = 4 ]
verdict "removal keeps what is configured" $? || cat "$tmp/out"
purge purge && [ "$(files "$tmp/rm/root")" = /etc/nacc/mine ]
verdict "a purge takes all of it, and nothing that is not its own" $? || cat "$tmp/out"
rm "$tmp/rm/root/etc/nacc/mine"
purge purge && [ ! -s "$tmp/out" ] && [ ! -e "$tmp/rm/root/etc/nacc" ] && purge purge
verdict "the folder, too, and again without a word" $? || cat "$tmp/out"

# tool WORD...: is it on this host?
tool() { command -v "$1" >/dev/null || { echo "ok - $* # SKIP there is no $1 on this host"; return 1; }; }
if tool mandoc; then
	# Which other pages there are is this host's affair.
	mandoc -Tlint "$tmp"/d/usr/share/man/man*/* >"$tmp/out" 2>&1
	[ $? -le 1 ] && ! grep -vE 'referenced manual not found|outdated mandoc\.db' "$tmp/out"
	verdict "manual pages" $?
fi
if tool systemd-analyze; then
	cp -r "$tmp/d" "$tmp/r"
	for f in "$tmp"/r/usr/lib/systemd/system/*; do
		sed -i "s|^Exec\([A-Za-z]*\)=/usr/sbin/|Exec\1=$tmp/r/usr/sbin/|; /^Documentation=man/d" "$f"
	done
	SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$tmp"/r/usr/lib/systemd/system/nacc*.* \
		>"$tmp/out" 2>&1 && [ ! -s "$tmp/out" ]
	verdict "units" $?
	cat "$tmp/out"
fi
if tool systemd-sysusers; then
	mkdir -p "$tmp/r/etc"
	systemd-sysusers --root="$tmp/r" && grep -q '^nacc:' "$tmp/r/etc/group"
	verdict "the group" $?
fi
for shell in bash zsh fish; do
	tool $shell || continue
	$shell -n "$(find "$tmp/d/usr/share" -name nacc -o -name _nacc -o -name nacc.fish |
		grep "$shell")"
	verdict "$shell can read its completion" $?
done
if tool dpkg-deb; then
	mkdir -p "$tmp/pkg/DEBIAN" "$tmp/pkg/usr/share/man/man3"
	printf 'Package: nacc-dkms\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\nDescription: d\n' \
		>"$tmp/pkg/DEBIAN/control"
	cp Kbuild kmod/include/uapi/linux/nacc.h tools/libnacc/self.c "$tmp/pkg/usr"
	gzip -9nc tools/libnacc/libnacc.3 >"$tmp/pkg/usr/share/man/man3/libnacc.3.gz"
	dpkg-deb -b --root-owner-group "$tmp/pkg" "$tmp/it.deb" >/dev/null &&
		tools/packaging/sbom "$tmp/it.deb" >"$tmp/it.json" && tools/packaging/sbom --check "$tmp/it.json"
	verdict "what is in a package has a list" $?
	python3 -c 'import json, sys
for f in json.load(sys.stdin)["files"]: print(f["licenseConcluded"])' <"$tmp/it.json" >"$tmp/licences"
	[ "$(sort "$tmp/licences")" = "$(printf '%s\n' '(GPL-2.0-only WITH Linux-syscall-note) OR BSD-2-Clause' \
		'GPL-2.0-only' 'GPL-2.0-only OR BSD-2-Clause' 'GPL-2.0-only OR BSD-2-Clause')" ]
	verdict "with each file's own licence" $?
fi
# What others' sources of the firmware say of themselves, where it has been built here
if tool dpkg-deb && [ -e build/opensbi/fw_dynamic.elf ]; then
	rm -rf "$tmp/pkg"
	mkdir -p "$tmp/pkg/DEBIAN" "$tmp/pkg/usr/lib/opensbi-nacc" "$tmp/pkg/usr/sbin"
	printf 'Package: opensbi-nacc\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\nDescription: d\n%s\n' \
		'Depends: libc6 (>= 2.38), systemd | systemd-sysusers' >"$tmp/pkg/DEBIAN/control"
	touch "$tmp/pkg/usr/lib/opensbi-nacc/fw_dynamic.bin"
	dpkg-deb -b --root-owner-group "$tmp/pkg" "$tmp/it.deb" >/dev/null &&
		tools/packaging/sbom "$tmp/it.deb" >"$tmp/it.json" && tools/packaging/sbom --check "$tmp/it.json"
	verdict "what the firmware needs and has linked in has a list" $?
	python3 - "$tmp/it.json" build/opensbi/obj tools/packaging/debian/copyright <<-'END'
		import json, os, re, sys
		with open(sys.argv[1]) as f:
		    doc = json.load(f)
		sources = set()
		for folder, _, names in os.walk(sys.argv[2]):
		    for name in names:
		        if name.endswith(".dep"):
		            with open(os.path.join(folder, name)) as f:
		                sources |= {s for s in f.read().split() if "/src/" in s and "/nacc/" not in s}
		said = {"BSD-2-Clause"}
		for path in sources:
		    if os.path.exists(path):
		        with open(path, errors="replace") as f:
		            said |= set(re.findall(r"SPDX-License-Identifier: (.*?)\s*(?:\*/)?$", f.read(400), re.M))
		said = {re.sub(r"GPL-2\.0(?!-)", "GPL-2.0-only", x) for x in said}
		listed = {p["name"]: p for p in doc["packages"]}
		split = re.compile(r" AND (?![^(]*\))")
		bare = lambda text: {x.strip("()") for x in split.split(text)}
		wrong = said ^ bare(listed["opensbi"]["licenseConcluded"])
		wrong |= (said | {"ISC"}) ^ bare(doc["files"][0]["licenseConcluded"])
		with open(sys.argv[3]) as f:
		    text = f.read().replace("GPL-2+ or", "GPL-2.0-or-later OR")
		stanzas = text.split("Files: debian/opensbi/", 1)[1].split("Files: debian/libsodium")[0]
		wrong |= {x for x in said if f"License: {x.replace('GPL-2.0-only', 'GPL-2')}\n" not in stanzas}
		print(len(sources), sorted(wrong))
		sys.exit(len(sources) < 100 or bool(wrong) or "versionInfo" in listed["libc6"])
	END
	verdict "with the licences of all that is in it, as in the package's copyright" $?
fi
[ $failed = 0 ]
