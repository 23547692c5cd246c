# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A server with two workers, which is asked by several at once, reloaded, and asked again.
mkdir -p /tmp/www
busybox seq 1 20000 >/tmp/www/index.html
want=$(busybox md5sum </tmp/www/index.html)
nginx -e stderr -c /nacc/programs/nginx.conf &
server=$!
ask() { busybox wget -q -O - http://127.0.0.1:7001/ 2>/dev/null | busybox md5sum; }
tries=0
until [ "$(ask)" = "$want" ] || [ $tries -ge 100 ]; do
	tries=$((tries + 1))
	busybox usleep 200000
done
asks() {
	n=0
	for _ in 1 2 3 4 5; do
		[ "$(ask)" = "$want" ] && n=$((n + 1))
	done
	echo $n
}
for who in 1 2 3; do asks >/tmp/$who & done
kill -HUP $server
asks >/tmp/4
wait_all() { while [ "$(busybox cat /tmp/1 /tmp/2 /tmp/3 | busybox wc -l)" -lt 3 ]; do busybox usleep 100000; done; }
wait_all
kill -QUIT $server
wait $server
echo "nginx: status $?, answers $(busybox cat /tmp/1 /tmp/2 /tmp/3 /tmp/4 | busybox tr -d '\n')"
