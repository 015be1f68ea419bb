#!/bin/sh
# Watches over what one supervisor has started. It reads "+pid", "-pid" and "=folder" lines on its
# standard input; when that ends, the supervisor is gone, however it went. Whoever is left is asked
# to stop, then told to (PostgreSQL waits for its clients on TERM, not on INT), then stopped; the
# temporary folder goes last.
pids=
folder=
while read -r line; do
  rest=${line#?}
  case $line in
    +*) pids="$pids $rest" ;;
    -*) left=
      for one in $pids; do [ "$one" = "$rest" ] || left="$left $one"; done
      pids=$left ;;
    =*) folder=$rest ;;
  esac
done

look() {
  alive=
  for one in $pids; do kill -0 "$one" 2>/dev/null && alive="$alive $one"; done
  pids=$alive
  [ -n "$pids" ]
}
for signal in TERM INT KILL; do
  look || break
  # shellcheck disable=SC2086 # a list of numbers
  kill -s "$signal" $pids 2>/dev/null
  for second in 1 2 3 4 5; do look && sleep 1; done
done
[ -z "$folder" ] || rm -rf -- "$folder"
