# A program is linked with the libraries of the modules that it uses; a missing one is named.
. "$ROOT/tests/cli/common"
built=$(dirname "$WYNC")
printf 'println("hi")\n' >plain.wyn
printf 'println(Regex.match("ab", "b"))\n' >regex.wyn
status 0 "$WYNC" plain.wyn
status 0 "$WYNC" regex.wyn
needs() { readelf -d "$1" | sed -n 's/.*NEEDED.*\[lib\([a-z0-9]*\).*/\1/p' | sort | tr '\n' ' '; }
if [ ! -f "$built/cc.flags" ]; then
    case "$(needs plain)" in 'c gc ' | 'c gc m ' | 'c gc m pthread ' | 'c gc pthread ') ;;
    *) complain libraries "plain needs $(needs plain)" ;;
    esac
    [ "$(wc -c <plain)" -lt 100000 ] || complain libraries "plain has $(wc -c <plain) bytes"
fi
case "$(needs regex)" in *pcre2*) ;; *) complain libraries "regex needs $(needs regex)" ;; esac
mkdir bin
cp "$WYNC" "$built/libwynrt.a" "$built"/wyn*.h bin
[ ! -f "$built/cc.flags" ] || cp "$built/cc.flags" bin
echo 'wyn_regex_ Regex libpcre2-dev missing' >bin/libraries
status 0 bin/wync plain.wyn
status 1 bin/wync regex.wyn
said 'the module Regex needs a library'
said 'install libpcre2-dev'
finish
