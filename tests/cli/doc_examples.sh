# The examples in the library's doc comments, `///     EXPRESSION  // TEXT`, print what they say.
. "$ROOT/tests/cli/common"
awk '/^\/\/\/     .*  \/\/ / { sub(/^\/\/\/     /, ""); at = index($0, "  // ")
    print "println(" substr($0, 1, at - 1) ")" >"main.wyn"
    print substr($0, at + 5) >"want" }' "$ROOT"/stdlib/*.wyn
[ "$(wc -l <want)" -gt 80 ] || complain examples "only $(wc -l <want) were found"
status 0 "$WYNC" run main.wyn
diff want "$TMP/out" >diff.txt || complain examples "$(cat diff.txt)"
finish
