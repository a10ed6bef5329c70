# Temporary files are private, and gone at the end, also after a failure or a signal.
. "$ROOT/tests/cli/common"
mkdir bin
# a C compiler that reports on its surroundings and then waits or fails
cat >bin/gcc <<'END'
#!/bin/sh
for d in "$TMPDIR"/wyn-*; do
    stat -c '%a' "$d" >"$REPORT"
    ls -A "$d" >>"$REPORT"
done
[ -n "$LINGER" ] && exec sleep 30
echo "made-up failure" >&2
exit 1
END
chmod +x bin/gcc
echo 'println("x")' >p.wyn
status 5 env PATH="$work/bin:$PATH" REPORT="$TMP/report" LINGER= "$WYNC" p.wyn
said "made-up failure"
said "bug of wync"
[ "$(head -1 "$TMP/report")" = 700 ] || complain temp "mode $(head -1 "$TMP/report")"
[ -z "$(ls -A "$TMPDIR")" ] || complain temp "left after a failure: $(ls -A "$TMPDIR")"
rm -f "$TMP/report"
PATH="$work/bin:$PATH" REPORT="$TMP/report" LINGER=1 "$WYNC" p.wyn &
pid=$!
n=0
while [ ! -s "$TMP/report" ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
kill -TERM $pid
wait $pid
[ $? = 143 ] || complain temp "SIGTERM gave another status"
[ -z "$(ls -A "$TMPDIR")" ] || complain temp "left after a signal: $(ls -A "$TMPDIR")"
[ ! -e p ] || complain temp "wrote a program"
finish
