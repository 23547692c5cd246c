# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
redis-server --port 7000 --save '' --appendonly no --loglevel nothing &
sleep 2
redis-benchmark -p 7000 -q -t set,get,lpush -n 1500 -c 10 -d 100 >/tmp/redis.out || exit
redis-cli -p 7000 shutdown nosave
wait
