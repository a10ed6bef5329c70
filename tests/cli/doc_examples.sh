# The examples in the library's doc comments, as `wync doc` knows them, are programs that do what they
# say; and nothing public of the library is without a comment.
. "$ROOT/tests/cli/common"
status 0 "$WYNC" doc --std --missing
printed ""
status 0 "$WYNC" doc --std --examples -o examples
lines=$(cat examples/*_lines.wyn | wc -l)
[ "$lines" -gt 80 ] || complain lines "only $lines were found"
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
