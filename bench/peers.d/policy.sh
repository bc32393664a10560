#!/bin/sh
# A policy a file, in the folder policies beside this script.
case $HTTP_HOST in
*[!a-z0-9.-]* | .* | '') file=none ;;
*) file=${0%/*}/policies/$HTTP_HOST ;;
esac
if [ -f "$file" ]; then
    printf 'Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: max-age=60\r\n\r\n'
    cat "$file"
else
    printf 'Status: 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nno policy\n'
fi
