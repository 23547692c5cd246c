# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
mkdir -p /tmp/nginx /var/log/nginx /var/lib/nginx
busybox seq 1 1500 >/tmp/nginx/index.html
nginx -e stderr -c /nacc/programs/nginx.conf &
sleep 2
/nacc/bin/bench --fetch 7001 400
rc=$?
kill $!
wait
exit $rc
