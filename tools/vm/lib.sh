# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts in tools/vm (sourced, not run): where things are, how
# steps report, how Debian packages are fetched.
# shellcheck shell=sh

TOP=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
B=$TOP/build
SUITE=trixie
NEXT=forky
export LC_ALL=C
: "${NACC_T0:=$(date +%s)}"
export NACC_T0
umask 022
# Debian has mke2fs in one of these, which are not in the PATH of an ordinary user.
PATH=$PATH:/usr/sbin:/sbin
# "make SMP=4 run" would hand SMP=4 to the makes of OpenSBI and the kernel too.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES
mkdir -p "$B/logs" "$B/stamps" "$B/cache"

# say TEXT: one line with the time since the first script started.
say() { printf '[%4ds] %s\n' $(($(date +%s) - NACC_T0)) "$*"; }

# die SENTENCE: the reason, once, for a person and for the caller (build/logs/reason).
die() {
	printf '%s\n' "$*" >"$B/logs/reason"
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# lock: one builder at a time in this tree; scripts we start inherit the lock.
lock() {
	[ -z "${NACC_LOCKED:-}" ] || return 0
	exec 9>"$B/.lock"
	flock 9
	export NACC_LOCKED=1
}

# logged NAME TITLE COMMAND...: run with the output in build/logs/NAME.log; on
# failure show the end of it.  COMMAND is a program, so its own "set -e" counts;
# what a person must see at once it writes to descriptor 3.
logged() {
	_name=$1 _title=$2
	shift 2
	say "$_title"
	rm -f "$B/logs/reason"
	"$@" 3>&1 >"$B/logs/$_name.log" 2>&1 9>&- && return 0
	tail -n 30 "$B/logs/$_name.log" >&2
	[ -s "$B/logs/reason" ] && die "$(cat "$B/logs/reason")"
	die "step '$_title' failed (log: build/logs/$_name.log)"
}

# A stamp is a key (what the step was made from) and the sha256 of what it made.
# stamp_ok NAME KEY: made from the same key, and the results are still intact?
stamp_ok() {
	_s=$B/stamps/$1
	[ -f "$_s" ] && [ "$(head -n 1 "$_s")" = "# $2" ] || return 1
	(cd "$B" && sed 1d "$_s" | sha256sum --quiet --strict -c -) >/dev/null 2>&1
}

# stamp NAME KEY FILE...: FILEs are relative to build/.
stamp() {
	_s=$B/stamps/$1 _k=$2
	shift 2
	{ echo "# $_k" && (cd "$B" && sha256sum -- "$@"); } >"$_s.tmp"
	mv "$_s.tmp" "$_s"
}

# key WORD... < FILES: a short key out of words and the content of standard input.
key() { { echo "$*"; cat; } | sha256sum | cut -c1-16; }

# sync_files SRC DST: DST gets the regular files of SRC; a file SRC has lost since
# the last time goes; what a build left in DST stays.  Unchanged files keep their
# time, so make(1) rebuilds only what changed.
sync_files() {
	mkdir -p "$2"
	(cd "$1" && find . -type f | sort) >"$2/.synced.new"
	if [ -f "$2/.synced" ]; then
		comm -23 "$2/.synced" "$2/.synced.new" | while IFS= read -r _f; do
			rm -f "$2/$_f"
		done
	fi
	while IFS= read -r _f; do
		cmp -s "$1/$_f" "$2/$_f" && continue
		mkdir -p "$(dirname "$2/$_f")"
		cp "$1/$_f" "$2/$_f"
	done <"$2/.synced.new"
	mv "$2/.synced.new" "$2/.synced"
}

# --- Debian packages -----------------------------------------------------------

# release: the code name of this machine's Debian.
release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# mirror: "URI KEYRING" of the entry in this machine's apt sources that serves the
# running release; the same archive also has $SUITE.
mirror() {
	python3 "$TOP/tools/vm/apt-source" || die "no entry for this release of Debian in the machine's apt sources"
}

# apt_root ARCH: a private apt for $SUITE/ARCH with nothing installed, so that its
# answers do not depend on the host and the host's apt is left as it was.  With ARCH+NEXT
# it has what $SUITE has not from $NEXT, the release after it, and libraries of which that
# wants its own: $NEWER.  ARCH@OTHER is the same for another suite alone.
apt_root() {
	_r=$B/apt/$1 _a=${1%+NEXT} _suite=$SUITE _updates=$SUITE-updates
	case $1 in *@*) _a=${1%@*} _suite=${1#*@} _updates='' ;; esac
	[ -f "$_r/updated" ] && return 0
	_m=$(mirror)
	_uri=${_m% *} _ring=${_m#* }
	mkdir -p "$_r/lists/partial" "$_r/empty/partial" "$_r/parts" "$B/cache/debs/partial"
	: >"$_r/status"
	cat >"$_r/apt.conf" <<-EOC
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
		#clear APT::Architectures;
		APT::Architecture "$_a";
		APT::Architectures { "$_a"; };
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Dir::Etc::sourcelist "$_r/sources.list";
		Dir::Etc::sourceparts "$_r/parts";
		Dir::Etc::preferences "$_r/preferences";
		Dir::Etc::preferencesparts "$_r/parts";
		Dir::State "$_r";
		Dir::State::lists "$_r/lists";
		Dir::State::status "$_r/status";
		Dir::State::extended_states "$_r/extended_states";
		Dir::Cache "$_r";
		Dir::Cache::archives "$B/cache/debs";
	EOC
	if [ "$1" = "$_a+NEXT" ]; then
		printf 'Package: %s\nPin: release n=%s\nPin-Priority: %s\n\n' '*' "$NEXT" 100 "$NEWER" "$NEXT" 990
	fi >"$_r/preferences"
	# A mirror in the middle of its sync can lack the small -updates lists: they
	# are worth having, the release itself is a must.
	for _suites in "$_suite $_updates" "$_suite"; do
		[ "$1" != "$_a+NEXT" ] || _suites="$_suites $NEXT"
		for _s in $_suites; do
			echo "deb [arch=$_a signed-by=$_ring] $_uri $_s main"
			echo "deb-src [signed-by=$_ring] $_uri $_s main"
		done >"$_r/sources.list"
		apt-get -c "$_r/apt.conf" -o APT::Update::Error-Mode=any -q update || continue
		: >"$_r/updated"
		return 0
	done
	die "cannot read Debian $_suite's package lists for $1 (is the network there?), needed for: ${_want:-linux-image-riscv64}"
}

# apt_for ARCH TOOL ARG...: apt-get or apt-cache in that private root.
apt_for() {
	_r=$B/apt/$1 _tool=$2
	shift 2
	"$_tool" -c "$_r/apt.conf" "$@"
}

# fetch SET ARCH HOW PKG...: the files of a set into build/cache/debs, their
# checksums (from Debian's signed index) in build/cache/SET.sha256.  HOW is
# "closure" (with dependencies), "exact" (just these) or "source" (upstream tar).
fetch() {
	_set=$1 _arch=$2 _how=$3
	shift 3
	_sum=$B/cache/$_set.sha256 _want="$_arch $_how $*"
	if [ -f "$_sum" ] && [ "$(cat "$B/cache/$_set.want" 2>/dev/null)" = "$_want" ]; then
		if (cd "$B/cache/debs" && sha256sum --quiet --strict -c "$_sum"); then
			return 0
		fi
		say "cache: a file of '$_set' in build/cache/debs is damaged or missing: fetching it again" >&3
	fi
	# Package lists from an earlier day may name versions the mirror has replaced.
	if [ -f "$B/apt/$_arch/updated" ]; then
		if (fetch_new "$@"); then return 0; fi
		rm -f "$B/apt/$_arch/updated" "$B/logs/reason"
	fi
	fetch_new "$@"
}

fetch_new() {
	apt_root "$_arch"
	case $_how in
	closure) set -- install -y --download-only "$@" ;;
	exact) set -- download "$@" ;;
	source) set -- source --download-only --tar-only "$@" ;;
	esac
	apt_for "$_arch" apt-get -qq --print-uris -o Acquire::ForceHash=SHA256 \
		-o "Dir::Cache::archives=$B/apt/$_arch/empty" "$@" >"$_sum.uris" ||
		die "Debian $_suite has no way to give '$_set' ($_want)"
	sed -n "s/^'[^']*' \([^ ]*\) [0-9]* SHA256:\([0-9a-f]*\).*/\2  \1/p" "$_sum.uris" >"$_sum.new"
	[ -s "$_sum.new" ] || die "Debian $_suite has no files for '$_set' ($_want)"
	# A wrong file is removed first: apt trusts one of the right size.
	while read -r _h _f; do
		[ -f "$B/cache/debs/$_f" ] || continue
		echo "$_h  $B/cache/debs/$_f" | sha256sum --status -c - || rm -f "$B/cache/debs/$_f"
	done <"$_sum.new"
	(cd "$B/cache/debs" && apt_for "$_arch" apt-get -q "$@") ||
		die "cannot fetch from Debian $_suite (is the network there?): $_want"
	(cd "$B/cache/debs" && sha256sum --quiet --strict -c "$_sum.new") ||
		die "a fetched file of '$_set' does not have the checksum in Debian's signed index"
	printf '%s\n' "$_want" >"$B/cache/$_set.want"
	rm -f "$_sum.uris"
	mv "$_sum.new" "$_sum"
}

# unpack SET DIR: every .deb of the set into a fresh DIR (in one rename).
unpack() {
	rm -rf "$2.tmp" "$2"
	mkdir -p "$2.tmp"
	# Debian's "merged /usr": packages may ship either form.
	mkdir -p "$2.tmp/usr/bin" "$2.tmp/usr/sbin" "$2.tmp/usr/lib" "$2.tmp/usr/lib64"
	for _d in bin sbin lib lib64; do ln -s "usr/$_d" "$2.tmp/$_d"; done
	while read -r _h _f; do
		case $_f in *.deb) dpkg-deb --fsys-tarfile "$B/cache/debs/$_f" |
			tar -x -C "$2.tmp" --keep-directory-symlink --no-same-owner ;; esac
	done <"$B/cache/$1.sha256"
	mv "$2.tmp" "$2"
}
