# Help, version, manual page, completion and explain come from one table and agree.
. "$ROOT/tests/cli/common"
status 0 "$WYNC" --help
case $out in *"--error-format=text|json"*) ;; *) complain help "no option listed" ;; esac
help=$out
status 0 "$WYNC" help
[ "$out" = "$help" ] || complain help "help and --help differ"
status 0 "$WYNC" --version
case $out in "wync "[0-9]*.[0-9]*.[0-9]*) ;; *) complain help "version: $out" ;; esac
status 0 "$WYNC" --man
[ "$out" = "$(cat "$ROOT/docs/wync.1")" ] || complain help "docs/wync.1 is not what --man prints"
status 0 "$WYNC" --completion
case $out in *"complete "*) ;; *) complain help "completion: $out" ;; esac
status 0 "$WYNC" --explain E0201
explained=$out
status 0 "$WYNC" explain e0201
[ "$out" = "$explained" ] || complain help "explain and --explain differ"
status 0 "$WYNC" explain
case $out in *"E0201  Type mismatch"*) ;; *) complain help "no list of codes" ;; esac
finish
