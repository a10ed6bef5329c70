# The blocks marked as Wyn in README.md and docs/ are programs without errors; those that say what they
# print do so. Files that the pages name are there.
. "$ROOT/tests/cli/common"
mkdir pages
for page in "$ROOT"/README.md "$ROOT"/docs/*.md; do
    awk -v base="pages/$(basename "$page" .md)" '
        /^```/ { if (open) { open = 0; close(out) } else { open = 1; wyn = $0 == "```wyn"; n++ }
            out = base "_" n ".wyn"; next }
        open && wyn { print >out }' "$page"
    for path in $(grep -oE '`(docs|examples|bench|tests|stdlib|compiler|runtime)/[A-Za-z0-9_./-]*`' "$page" |
        tr -d '`'); do
        [ -e "$ROOT/$path" ] || [ "$path" = tests/fuzz/crashes ] || complain "$(basename "$page")" "there is no $path"
    done
    for path in $(grep -oE '\]\([a-z][A-Za-z0-9_./-]*\.md\)' "$page" | sed 's/^](//; s/)$//'); do
        [ -e "$(dirname "$page")/$path" ] || complain "$(basename "$page")" "there is no page $path"
    done
done
count=0
for program in pages/*.wyn; do
    count=$((count + 1))
    "$WYNC" check "$program" >errors 2>&1 || complain "$program" "$(cat errors)"
    grep -q '// expect: ' "$program" || continue
    sed -n 's|.*// expect: ||p' "$program" >want
    "$WYNC" run "$program" >got 2>errors </dev/null || complain "$program" "$(cat errors)"
    cmp -s want got || complain "$program" "$(diff want got)"
done
[ $count -ge 8 ] || complain count "only $count blocks were found"
finish
