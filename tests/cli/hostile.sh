# Input of any kind gives a clear error or works: no crash, no C error, in bounded time.
. "$ROOT/tests/cli/common"
# survives STATUS FILE: wync check ends so, within a minute
survives() {
    timeout 60 "$WYNC" check "$2" >"$TMP/out" 2>"$TMP/errors"
    got=$?
    [ $got = "$1" ] || complain hostile "$2: status $got, not $1: $(head -c 600 "$TMP/errors")"
    err=$(head -c 4000 "$TMP/errors" | tr -d '\0')
}
repeat() { awk -v s="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", s }'; }

for open in '(' '[' 'not ' '-' '{' '{"a": ' 'x = () => ' 'f(' 'if true {' '"${' 'Some(' 'a[' 'fn() -> '; do
    { printf 'x = '; repeat "$open" 100000; echo; } >deep.wyn
    timeout 60 "$WYNC" check deep.wyn >"$TMP/out" 2>"$TMP/errors"
    got=$?
    case $got in 2 | 3 | 4) ;; *) complain hostile "100000 times '$open': status $got" ;; esac
    [ "$(wc -c <"$TMP/errors")" -lt 100000 ] || complain hostile "'$open': a flood of errors"
done
{ printf 'x = '; repeat '(' 100000; printf 1; repeat ')' 100000; echo; } >deep.wyn
survives 3 deep.wyn
said "too deep"
for op in '+' ' or ' '&' ' == 1 and '; do
    { printf 'x = 1'; repeat "${op}1" 100000; printf '\nprintln(x)\n'; } >long.wyn
    timeout 60 "$WYNC" check long.wyn >"$TMP/out" 2>"$TMP/errors"
    case $? in 0 | 4) ;; *) complain hostile "100000 terms of '$op': $(head -c 300 "$TMP/errors")" ;; esac
done
{ printf 'x = 1'; repeat '+1' 100000; printf '\nprintln(x)\n'; } >sum.wyn
status 0 "$WYNC" run -O0 sum.wyn
printed 100001
{ printf 's = "a"'; repeat ' + "b"' 20000; printf '\nprintln(s.len())\n'; } >cat.wyn
status 0 "$WYNC" run -O0 cat.wyn
printed 20001
{ echo 'n = 70000'; printf 'if n == 0 { println(0) }'
    awk 'BEGIN { for (i = 1; i < 10000; i++) printf " else if n == %d { println(%d) }", i, i }'
    echo ' else { println("many") }'; } >chain.wyn
status 0 "$WYNC" run -O0 chain.wyn
printed many
awk 'BEGIN { for (i = 0; i < 1000000; i++) print "// a comment line"; print "println(1)" }' >lines.wyn
survives 0 lines.wyn
awk 'BEGIN { for (i = 0; i < 200000; i++) print "x = " i; print "println(x)" }' >lines.wyn
survives 0 lines.wyn
# bytes
awk 'BEGIN { for (i = 0; i < 256; i++) printf "%c", i }' >bytes.wyn 2>/dev/null
survives 2 bytes.wyn
printf 'println("a\377b")\n' >utf.wyn
survives 2 utf.wyn
printf 'println("a\0b")\n' >nul.wyn
survives 2 nul.wyn
printf 'println("a\342\200\256b")\n' >bidi.wyn
survives 2 bidi.wyn
head -c 200000 /dev/zero >zeros.wyn
survives 2 zeros.wyn
: >empty.wyn
survives 0 empty.wyn
status 0 "$WYNC" run empty.wyn
printf '\357\273\277#!/usr/bin/env wync\nprintln("bom")\r\n' >bom.wyn
status 0 "$WYNC" run bom.wyn
printed bom
for text in '"' "'" '"""' '"${' '"${"' '/*' '"\' '"\x' '"\u{' '0x' '1e' 'r"' '"${1:' '<' '?' '|' '=>' '..'; do
    printf '%s' "x = $text" >cut.wyn
    timeout 20 "$WYNC" check cut.wyn >"$TMP/out" 2>"$TMP/errors"
    got=$?
    case $got in 2 | 3 | 4) ;; *) complain hostile "'$text': status $got" ;; esac
done
{ printf 'x = '; repeat 9 100000; echo; } >digits.wyn
survives 2 digits.wyn
{ printf 'x = 1.'; repeat 9 100000; printf '\nprintln(x)\n'; } >digits.wyn
status 0 "$WYNC" run -O0 digits.wyn
printed 2.0
{ repeat a 100000; printf ' = 5\nprintln('; repeat a 100000; echo ')'; } >name.wyn
status 0 "$WYNC" run -O0 name.wyn
printed 5
# every byte in a string, trigraphs and what looks like C
{ printf 's = "'; awk 'BEGIN { for (i = 0; i < 256; i++) printf "\\x%02x", i }'
    printf '"\nprintln(s.len())\nprintln("??=??/??'"'"'??(%%d%%s%%n */ // #define x \\\\")\n'; } >all.wyn
status 0 "$WYNC" run -O0 all.wyn
printed '256
??=??/??'"'"'??(%d%s%n */ // #define x \'
# names of C, of libc and of its macros
for n in errno NULL main stdout stdin EOF int64_t bool_ double short long char auto register static union \
    typedef sizeof goto volatile inline restrict _Bool asm unix linux printf malloc assert_ signed unsigned \
    INT_MAX I complex environ wyn_alloc wyn_main t1 t2 self_ ret INFINITY NAN offsetof va_list; do
    cat >cname.wyn <<END
struct S { $n: int }
enum E { V_$n(int) }
fn f_$n($n: int) -> int {
    return $n + 1
}
fn run() -> int {
    $n = 20
    g = (k: int) => k + $n
    s = S { $n: g(1) }
    return f_$n(s.$n) + $n
}
println(run())
END
    status 0 "$WYNC" run -O0 cname.wyn
    printed 42
    [ $bad = 0 ] || break
done
printf 'fn errno(n: int) -> int {\n    return n\n}\nfn malloc(n: int) -> int {\n    return n\n}\nfn exit_(n: int) -> int {\n    return n\n}\nstdout = 3\nprintln(errno(1) + malloc(2) + exit_(stdout))\n' >fns.wyn
status 0 "$WYNC" run -O0 fns.wyn
printed 6
# imports
printf 'import a\nprintln(a.f())\n' >cyc.wyn
printf 'import b\npub fn f() -> int { return b.f() }\n' >a.wyn
printf 'import a\npub fn f() -> int { return a.f() }\n' >b.wyn
survives 4 cyc.wyn
said "Circular import"
printf 'import cyc2\nprintln(1)\n' >cyc2.wyn
survives 4 cyc2.wyn
for path in '../x' '../../../../etc/passwd' '/etc/passwd' 'a/../../x'; do
    printf 'import x from "%s.wyn"\nprintln(1)\n' "$path" >climb.wyn
    survives 4 climb.wyn
done
mkdir -p proj
echo 'pub fn f() -> int { return 1 }' >outside.wyn
ln -s ../outside.wyn proj/linked.wyn
printf 'import outside\nprintln(outside.f())\n' >proj/main.wyn
survives 4 proj/main.wyn
finish
