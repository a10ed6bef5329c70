# Longer examples in the doc comments of the library: each block between ``` is a program, and what it
# prints stands behind `// expect: `.
. "$ROOT/tests/cli/common"
mkdir examples
for file in "$ROOT"/stdlib/*.wyn; do
    awk -v name="examples/$(basename "$file" .wyn)" '
        /^\/\/\/ ```/ { open = !open; if (open) { n++; out = name "_" n ".wyn" } else close(out); next }
        open { sub(/^\/\/\/ ?/, ""); print >out }' "$file"
done
count=0
for program in examples/*.wyn; do
    count=$((count + 1))
    sed -n 's|.*// expect: ||p' "$program" >want
    if ! timeout 60 "$WYNC" run "$program" >got 2>errors </dev/null; then
        complain "$program" "$(cat errors)"
    elif ! cmp -s want got; then
        complain "$program" "$(diff want got)"
    fi
done
[ $count -ge 50 ] || complain count "only $count examples were found"
finish
