#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What makes no sense is named in one sentence before anything is fetched: options, a place or
# a machine that NACC cannot be built on. And whose packages are fetched, by which proxy.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
# shellcheck source=verdict.sh
. "$top/tools/testing/verdict.sh"
unset SMP MEM MODE QEMU BOOT KERNEL OPENSBI NACC_OPENSBI MAKEFLAGS MAKELEVEL MAKEOVERRIDES \
	http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY APT_CONFIG
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"; [ -z "${proxy:-}" ] || kill "$proxy"' EXIT
tree=$tmp/tree
mkdir -p "$tree/tools/vm"
cp "$top/Makefile" "$tree/"
cp "$top/tools/vm/options" "$tree/tools/vm/"
on_failure="sed s/^/#_/ $tmp/out"

# refused TEXT PATTERN GOAL ARG...: make says that, in one line, and does nothing.
refused() {
	text=$1 pattern=$2
	shift 2
	${as:-} make -C "$tree" --no-print-directory "$@" >"$tmp/out" 2>&1
	status=$?
	[ $status -ne 0 ] && [ "$(wc -l <"$tmp/out")" = 1 ] && grep -qF "$pattern" "$tmp/out" &&
		[ ! -e "$tree/build" ]
	verdict "$text: one sentence, and nothing is done" $?
}

# taken ARG...: with these it would begin.
taken() {
	make -C "$tree" -n "$@" >"$tmp/out" 2>&1
	verdict "make $*" $?
}

options() {
	newline=$(printf 'sid\nforky')
	refused "SMP=0" "SMP=0 is no number of harts: 1 to 99" run SMP=0
	refused "two words" "SMP=2 3 is no number of harts" run "SMP=2 3"
	refused "code" "SMP=\$(date) is no number" test 'SMP=$$(date)'
	refused "quotes" "SMP=a'b\"c is no number" test "SMP=a'b\"c"
	for mem in 2 2T 1.5G 0x1G 256M 2048G 99999999999999999999G -1G "2G,slots=2"; do
		refused "MEM=$mem" "MEM=$mem is no size of memory: a number and M or G, 512M to 1024G" run "MEM=$mem"
	done
	refused "MODE" "MODE=sv32 is none of: sv39 sv48 sv57" shell MODE=sv32
	refused "QEMU" "QEMU=8 is none of: 7.2 10.0" run QEMU=8
	refused "OPENSBI" "OPENSBI=1.7 is none of: 1.6 1.8" run OPENSBI=1.7
	refused "BOOT" "BOOT=lilo is none of: direct uboot uboot-efi edk2 edk2-acpi grub" run BOOT=lilo
	refused "BOOT of another goal" "BOOT=debug is none of: direct" run BOOT=debug
	refused "and the other way round" "BOOT=grub is none of: plain debug ptc" kunit BOOT=grub
	refused "what does not go together" "QEMU=7.2 cannot boot by BOOT=edk2: QEMU=10.0 can" run BOOT=edk2 QEMU=7.2
	for kernel in bullseye 6.12 "sid forky" "trixie trixie-backports" linux-image-riscv64 \
		linux-image-6.12-riscv64/woody linux-image-6/../x-riscv64 "linux-image-6 -riscv64"; do
		refused "KERNEL=$kernel" "names neither a suite of Debian (trixie trixie-backports forky sid) nor a kernel package (linux-image-X-riscv64" test "KERNEL=$kernel"
	done
	refused "two lines" "names neither a suite" test "KERNEL=$newline"
	SMP=none MODE=sv32 refused "from the environment" "SMP=none is no number" run
	taken run SMP=8 MEM=64G MODE=sv39 QEMU=10.0 BOOT=grub OPENSBI=1.8
	taken run SMP= MEM= MODE= QEMU= BOOT= OPENSBI= KERNEL=
	taken test KERNEL=sid
	taken test KERNEL=linux-image-6.12.107+deb13-riscv64
	taken run KERNEL=linux-image-7.2~rc1-riscv64/forky MEM=512M
	taken test SMP= BOOT= OPENSBI= MEM=
	taken shim OPENSBI=1.8
	taken demo SMP=1
	# Else it would pass, and nothing of that was tried.
	for given in SMP=4 MEM=4G MODE=sv39 QEMU=10.0 OPENSBI=1.8 BOOT=uboot; do
		refused "make test $given" "${given%%=*}= is for 'make run' and 'make shell'" test "$given"
		refused "make matrix $given" "${given%%=*}= is for 'make run' and 'make shell'" matrix "$given"
	done
	refused "another way for what has none" "BOOT= is for 'make run' and 'make shell'" demo BOOT=edk2
	MODE=sv39 taken test
	taken kunit "BOOT=plain ptc"
}

# The Makefile, tools/vm/run and tools/vm/setup-kernel know the same.
same() {
	"$top/tools/vm/run" --help >"$tmp/out"
	for what in boot opensbi qemu mode; do
		known=$(sed -n "s/^ *--$what {\(.*\)}.*/\1/p" "$tmp/out" | tr , ' ')
		[ -n "$known" ] && grep -qi "among $what .* $known\( ;;\|;\)" "$top/tools/vm/options"
		verdict "tools/vm/run has the same for --$what" $?
	done
	[ "$(grep -h ^SUITES= "$top/tools/vm/options" "$top/tools/vm/setup-kernel" | sort | uniq -d | wc -l)" = 1 ]
	verdict "and setup-kernel the same suites" $?
}

places() {
	newline=$(printf 'a\nb') tab=$(printf 'a\tb') control=$(printf 'a\001b')
	home=$tree
	while read -r what bad; do
		case $what in newline) bad=$newline ;; tab) bad=$tab ;; control) bad=$control ;; blank) bad="a b" ;; esac
		tree="$tmp/$bad"
		mkdir -p "$tree/tools"
		cp -r "$home/Makefile" "$home/tools" "$tree/"
		for goal in run help; do
			refused "make $goal in a path with a $what" "in a path with a $what" $goal
		done
	done <<-'EOT'
		blank -
		newline -
		tab -
		control -
		comma a,b
		colon a:b
		quote a'b
		quote a"b
		quote a`b
		'%' a%b
		'#' a#b
		'$' a$b
		'\' a\b
		'*' a*b
		'=' a=b
		'(' a(b
		';' a;b
		'&' a&b
	EOT
	tree=$tmp/an_öther-folder@~1+2.日
	mkdir -p "$tree/tools"
	cp -r "$home/Makefile" "$home/tools" "$tree/"
	taken run
	tree=$home
}

# machine ARCH: programs that say that this one is such.
machine() {
	rm -rf "${tmp:?}/bin"
	mkdir "$tmp/bin"
	[ -z "$1" ] || printf '#!/bin/sh\necho %s\n' "$1" >"$tmp/bin/dpkg"
	[ -z "$1" ] || printf '#!/bin/sh\n' >"$tmp/bin/apt-get"
	chmod -f +x "$tmp/bin/"*
	for program in make sh dirname tr cut date sed pwd; do ln -s "$(command -v "$program")" "$tmp/bin/"; done
}

machines() {
	path=$PATH
	for arch in arm64 riscv64 i386; do
		machine $arch
		PATH=$tmp/bin:$path refused "on $arch" "this machine is $arch: QEMU, kbuild, Python and CBMC are unpacked here as Debian has them for amd64" run
	done
	machine riscv64
	PATH=$tmp/bin:$path taken install
	PATH=$tmp/bin:$path taken help
	machine amd64
	printf '#!/bin/sh\necho "dpkg: warning: of no concern" >&2\necho amd64\n' >"$tmp/bin/dpkg"
	PATH=$tmp/bin:$path taken run
	machine ''
	PATH=$tmp/bin
	make=$(command -v make)
	"$make" -C "$tree" --no-print-directory run >"$tmp/out" 2>&1
	status=$?
	PATH=$path
	[ $status -ne 0 ] && [ "$(wc -l <"$tmp/out")" = 1 ] && grep -q "no apt-get and dpkg: use Debian 12 or 13" "$tmp/out"
	verdict "without Debian's tools: one sentence" $?
}

# Somebody else's tree, or one in which root has built before
others() {
	as=
	[ "$(id -u)" != 0 ] || as="setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nowhere"
	chmod 755 "$tmp"
	chmod 555 "$tree"
	refused "a folder that is another's" "nothing can be written to \"$tree\", where all that is built is put" run
	taken help
	chmod 755 "$tree"
	mkdir -m 555 "$tree/build"
	${as:-} make -C "$tree" --no-print-directory run >"$tmp/out" 2>&1
	[ "$(wc -l <"$tmp/out")" = 1 ] && grep -qF "nothing can be written to \"$tree/build\"" "$tmp/out"
	verdict "a build folder that is: one sentence" $?
	rmdir "$tree/build"
	as=
	mkdir -p "$tmp/a,b" "$tmp/a:b"
	for dir in "$tmp/a,b" "$tmp/a:b"; do
		TMPDIR=$dir refused "TMPDIR=$dir" "TMPDIR=$dir is a path that QEMU cannot name" run
	done
	TMPDIR=$tmp/nowhere refused "TMPDIR=nowhere" "TMPDIR=$tmp/nowhere is no folder that can be written to" run
	TMPDIR=$tmp taken run
}

# A fresh machine has no Python: what is such a program comes behind what installs it.
pythons() {
	goals=$(sed -n 's/^\([a-z][a-z-]*\):.*/\1/p' "$top/Makefile" | sort -u)
	set -f
	for goal in $goals; do
		ready='' seen=
		for word in $(make -C "$top" -n --no-print-directory "$goal" 2>/dev/null); do
			case $word in
			tools/vm/setup) ready=yes ;;
			*/*) [ -f "$top/$word" ] && head -n 1 "$top/$word" | grep -q python3 && [ -z "$ready" ] && seen=$word ;;
			esac
		done
		[ -z "$seen" ] || echo "$goal: $seen"
	done >"$tmp/out"
	set +f
	[ "$(echo "$goals" | wc -l)" -gt 25 ] && [ ! -s "$tmp/out" ]
	verdict "Python is installed before it is wanted" $?
}

# No list of packages can be read, or some cannot: that is what is said of a kernel.
unread() {
	cp "$top/tools/vm/lib.sh" "$top/tools/vm/setup-kernel" "$top/tools/vm/wrap-elf" "$top/tools/vm/mkcpio" "$tree/tools/vm/"
	printf '#!/bin/sh\necho http://archive.invalid/debian x\n' >"$tree/tools/vm/apt-source"
	rm -rf "${tmp:?}/bin"
	mkdir "$tmp/bin"
	printf '#!/bin/sh\nexec cat "%s"\n' "$tree/tools/vm/apt-source" >"$tmp/bin/python3"
	# shellcheck disable=SC2016 # it is for that shell
	printf '#!/bin/sh\ncase $2 in %s) ;; *) exit 100 ;; esac\n' "\${READ:-none}" >"$tmp/bin/apt-get"
	printf '#!/bin/sh\n' >"$tmp/bin/apt-cache"
	chmod +x "$tmp/bin/"*
	for read in none '*@sid/*'; do
		rm -rf "$tree/build"
		READ=$read PATH=$tmp/bin:$PATH KERNEL=linux-image-9-riscv64 "$tree/tools/vm/setup-kernel" >"$tmp/out" 2>&1
		case $read in
		none) says="cannot be looked up: no package lists can be read (is the network there?)" ;;
		*) says="no suite of Debian here has a kernel package 'linux-image-9-riscv64' (looked in: trixie trixie-backports forky sid; could not be read: trixie trixie-backports forky)" ;;
		esac
		grep -qF "$says" "$tree/build/logs/reason"
		verdict "a kernel, and lists that can be read: $read" $?
	done
	rm -rf "$tree/build"
}

# entry TEXT EXPECTED FILE < CONTENT: what is found in a machine with such a file.
entry() {
	rm -rf "${tmp:?}/root/etc/apt"
	mkdir -p "$tmp/root/etc/apt/sources.list.d"
	cat >"$tmp/root/etc/apt/$3"
	python3 "$top/tools/vm/apt-source" "$tmp/root" >"$tmp/out" 2>&1
	[ "$(sed 's/ .*//' "$tmp/out")" = "$2" ]
	verdict "sources: $1" $?
}

sources() {
	mkdir -p "$tmp/root/etc"
	echo 'VERSION_CODENAME=bookworm' >"$tmp/root/etc/os-release"
	entry "one line" http://a.example/debian sources.list <<-'EOT'
		# deb http://no.example/debian bookworm main
		deb-src http://src.example/debian bookworm main
		deb cdrom:[Debian]/ bookworm main
		deb http://sec.example/debian-security bookworm-security main
		deb [ arch=amd64 signed-by=/usr/share/keyrings/x.gpg ]	http://a.example/debian	bookworm main contrib # yes
	EOT
	entry "deb822" http://b.example/debian/ sources.list.d/debian.sources <<-'EOT'
		# one that is off
		Types: deb
		URIs: http://off.example/debian
		Suites: bookworm
		Components: main
		Enabled: no

		Types: deb deb-src
		uris:
		 http://b.example/debian/
		 http://c.example/debian
		Suites: bookworm bookworm-updates
		Components: main contrib
		# a comment within
		Signed-By:
		 -----BEGIN PGP PUBLIC KEY BLOCK-----
		 .
		 abc
	EOT
	entry "what it is called at a time" http://d.example/debian sources.list <<-'EOT'
		deb http://browser.example/chrome/deb/ stable main
		deb http://d.example/debian stable main
	EOT
	entry "in deb822, too" mirror+file:///etc/apt/mirrors/debian.list sources.list.d/x.sources <<-'EOT'
		Types: deb
		URIs: mirror+file:///etc/apt/mirrors/debian.list
		Suites: bookworm
		Components: main
	EOT
	entry "Debian's own before others" http://f.example/debian sources.list <<-'EOT'
		deb http://database.example/pub bookworm main
		deb http://f.example/debian bookworm main
	EOT
	entry "others' stable is none" "" sources.list <<-'EOT'
		deb http://browser.example/chrome/deb/ stable main
	EOT
	mkdir -p "$tmp/root/var/lib/apt/lists"
	echo 'Origin: Debian' >"$tmp/root/var/lib/apt/lists/g.example_pub_linux_dists_oldstable_InRelease"
	entry "by what apt has read of it" http://g.example/pub/linux sources.list <<-'EOT'
		deb http://g.example/pub/linux oldstable main
	EOT
	echo 'Origin: Somebody' >"$tmp/root/var/lib/apt/lists/h.example_debian_dists_stable_InRelease"
	entry "and that it is somebody else's" "" sources.list <<-'EOT'
		deb http://h.example/debian stable main
	EOT
}

# asked TEXT VAR=VALUE...: a private apt asks the proxy, with these in its environment.
asked() {
	text=$1
	shift
	: >"$tmp/proxy.log"
	rm -rf "$tree/build/apt"
	# shellcheck disable=SC2016 # it is for that shell
	env "$@" sh -c '. "$(dirname -- "$0")/lib.sh"
		mirror() { echo "http://archive.invalid/debian /usr/share/keyrings/debian-archive-keyring.gpg"; }
		apt_root riscv64' "$tree/tools/vm/x" >"$tmp/out" 2>&1
	grep -q '^GET http://archive.invalid/debian/dists/trixie/InRelease ' "$tmp/proxy.log"
	verdict "$text" $?
}

proxies() {
	cp "$top/tools/vm/lib.sh" "$tree/tools/vm/"
	python3 -u - "$tmp" >"$tmp/out" 2>&1 <<-'EOT' &
		import http.server, os, sys
		class Proxy(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        with open(sys.argv[1] + "/proxy.log", "a") as log:
		            log.write(self.requestline + "\n")
		        self.send_error(404)
		server = http.server.HTTPServer(("127.0.0.1", 0), Proxy)
		with open(sys.argv[1] + "/port.new", "w") as out:
		    out.write(str(server.server_port))
		os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
		server.serve_forever()
	EOT
	proxy=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ ! -f "$tmp/port" ] || break
		sleep 0.5
	done
	url=http://127.0.0.1:$(cat "$tmp/port")
	asked "a proxy in the environment" "http_proxy=$url"
	echo "Acquire::http::Proxy \"$url\";" >"$tmp/proxy.conf"
	asked "and one of apt.conf" "APT_CONFIG=$tmp/proxy.conf"
}

# Packages of the host's are installed by root: sudo keeps no proxy by itself.
sudos() {
	cp "$top/tools/vm/setup" "$top/tools/vm/source.sh" "$tree/tools/vm/"
	rm -rf "${tmp:?}/bin"
	mkdir "$tmp/bin"
	printf '#!/bin/sh\necho 1000\n' >"$tmp/bin/id"
	printf '#!/bin/sh\n' >"$tmp/bin/dpkg-query"
	printf '#!/bin/sh\nexec env -i PATH="$PATH" "$@"\n' >"$tmp/bin/sudo"
	printf '#!/bin/sh\nenv >>%s\n' "$tmp/env" >"$tmp/bin/apt-get"
	chmod +x "$tmp/bin/"*
	rm -f "$tmp/env"
	PATH=$tmp/bin:$PATH http_proxy=http://p.example:3128 "$tree/tools/vm/setup" host-packages >"$tmp/out" 2>&1 &&
		grep -qx 'http_proxy=http://p.example:3128' "$tmp/env"
	verdict "sudo's apt-get has the proxy" $?
	rm -f "$tmp/env"
	PATH=$tmp/bin:$PATH "$tree/tools/vm/setup" host-packages >"$tmp/out" 2>&1 &&
		! grep -q '_proxy=' "$tmp/env"
	verdict "and none where there is none" $?
	# Packages are known once lists are, which another apt-get is reading.
	cat >"$tmp/bin/apt-get" <<-EOT
		#!/bin/sh
		case " \$* " in
		*" install "*) [ -e "$tmp/lists" ] ;;
		*) [ -e "$tmp/waited" ] || { echo "E: Could not get lock $tmp/lists/lock." >&2; exit 100; }
			: >"$tmp/lists" ;;
		esac
	EOT
	printf '#!/bin/sh\n: >%s\n' "$tmp/waited" >"$tmp/bin/sleep"
	chmod +x "$tmp/bin/sleep"
	PATH=$tmp/bin:$PATH "$tree/tools/vm/setup" host-packages >"$tmp/out" 2>&1
	verdict "who else reads lists is waited for" $?
	rm -f "$tmp/waited"
	printf '#!/bin/sh\necho no network >&2\nexit 100\n' >"$tmp/bin/apt-get"
	! PATH=$tmp/bin:$PATH "$tree/tools/vm/setup" host-packages >"$tmp/out" 2>&1 && [ ! -e "$tmp/waited" ]
	verdict "and for nothing else" $?
}

options
same
places
machines
others
pythons
unread
sources
proxies
sudos
[ $failed = 0 ]
