#!/bin/sh
# Watches over the processes of one supervisor. It reads "+pid" and "-pid" on its standard input;
# when that ends, the supervisor is gone, however it went, and whoever is left is asked to stop,
# then told to (PostgreSQL waits for its clients on TERM, not on INT), then stopped.
pids=
while read -r line; do
  pid=${line#?}
  case $line in
    +*) pids="$pids $pid" ;;
    -*) left=
      for one in $pids; do [ "$one" = "$pid" ] || left="$left $one"; done
      pids=$left ;;
  esac
done
for signal in TERM INT KILL; do
  for second in 1 2 3 4 5; do
    alive=
    for one in $pids; do kill -0 "$one" 2>/dev/null && alive="$alive $one"; done
    pids=$alive
    [ -n "$pids" ] || exit 0
    # shellcheck disable=SC2086 # a list of numbers
    [ "$second" = 1 ] && kill -s "$signal" $pids 2>/dev/null
    sleep 1
  done
done
