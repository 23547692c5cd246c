# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A server with its threads: it is written to by ten clients at once, saves what it has by a
# fork, and a new one finds it there.
serve() { redis-server --port 7000 --dir /tmp --save '' --io-threads 2 --loglevel nothing & }
ask() { redis-cli -p 7000 "$@"; }
up() {
	tries=0
	until [ "$(ask ping 2>/dev/null)" = PONG ] || [ $tries -ge 100 ]; do
		tries=$((tries + 1))
		busybox usleep 200000
	done
}
rm -f /tmp/dump.rdb
serve
up
redis-benchmark -p 7000 -q -t set,get,lpush -n 1000 -c 10 -d 100 >/tmp/out 2>&1 || exit
ask set here before >/dev/null
length=$(ask llen mylist)
ask bgsave >/dev/null
while ask info persistence | busybox grep -q rdb_bgsave_in_progress:1; do busybox usleep 100000; done
ask shutdown nosave
wait
serve
up
echo "redis: $(ask get here), $((length - $(ask llen mylist))) of $length lost"
ask shutdown nosave
wait
