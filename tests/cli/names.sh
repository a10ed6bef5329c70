# File names that a shell would take apart are just names; nothing is executed.
. "$ROOT/tests/cli/common"
for name in 'a;touch hacked;.wyn' '$(touch hacked).wyn' '`touch hacked`.wyn' 'two words.wyn' "it's.wyn" \
    'say "hi".wyn' 'a&b|c.wyn' 'star*.wyn' 'back\slash.wyn' 'percent%s%n.wyn' 'ünï.wyn' '#hash.wyn' \
    '-o.wyn' '--help.wyn' '-.wyn' 'new
line.wyn'; do
    rm -rf ./*
    printf 'println("ran")\nxs = [1]\nif xs.len() > 1 {\n    println(xs[5])\n}\n' >"./$name"
    status 0 "$WYNC" run -- "$name"
    printed ran
    status 0 "$WYNC" -O0 -- "$name"
    status 0 "./${name%.wyn}"
    printed ran
    status 0 "$WYNC" check "./$name"
    [ ! -e hacked ] || complain names "'$name' was executed"
    [ "$(ls -A | wc -l)" = "$(printf '%s\n%s\n' "$name" "${name%.wyn}" | wc -l)" ] ||
        complain names "'$name' left: $(ls -A)"
done
# a panic names the file as it was given
printf 'xs = [1]\nprintln(xs[xs.len() + 4])\n' >'odd "name".wyn'
status 101 "$WYNC" run 'odd "name".wyn'
said 'odd "name".wyn:2'
# a folder with odd characters
mkdir 'dir $(x) y'
echo 'println("in")' >'dir $(x) y/p.wyn'
status 0 "$WYNC" run 'dir $(x) y/p.wyn'
printed in
finish
