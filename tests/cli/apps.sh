# The applications in examples/apps with bad input: a message that names the place, and a status.
. "$ROOT/tests/cli/common"
app() { "$WYNC" "$ROOT/examples/apps/$1.wyn" -o "$1" || complain app "$1 does not compile"; }

app site
status 2 ./site
status 1 ./site nowhere
said "nowhere/page.html: No such file"
cp -r "$ROOT/examples/data/site" pages
status 0 ./site pages made
printed "2 pages"
[ -f made/index.html ] && [ -f made/rules.html ] || complain site "wrote no pages"
printf 'no title\n' >pages/a.md
printf 'title: b\n\n```\ncode\n' >pages/b.md
printf 'title: c\n[there](d.md) [*\n' >pages/c.md
status 1 ./site pages never
said "a.md:1: a page begins with"
said "b.md:3: this code never ends"
said "c.html: links to d.html"
[ ! -e never ] || complain site "a site with faults was written"

app formulas
status 2 ./formulas nowhere
said "nowhere: No such file"
printf 'x = 3\nx * 2\ny + 1\n' >f
status 1 ./formulas f
printed 6
said "f:3:1: y has no value"
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "(" }' >deep
status 1 ./formulas deep
said "deep:1:501: nested too deep"

app picture
status 1 ./picture 0 10
said "the width is a number"
status 1 ./picture 10 x
said "the height is a number"
status 1 ./picture 10 10 no/such/folder.ppm
said "No such file"
status 0 ./picture 20 10 p.ppm
[ "$(wc -c <p.ppm)" = 613 ] || complain picture "has another size"

app checksum
status 2 ./checksum
status 2 ./checksum nowhere
said "nowhere: No such file"
status 2 ./checksum pages --workers=none
said "--workers"
mkdir files
printf one >files/1
printf two >files/2
./checksum files 2>/dev/null >list
(cd "$work" && sha256sum files/1 files/2) | cmp -s - list || complain checksum "other sums than sha256sum"
status 0 ./checksum files --check=list
printed "2 files, 0 differences"
printf three >files/1
mv files/2 files/3
status 1 ./checksum files --check=list
printed 'files/1: changed
files/2: missing
files/3: new
2 files, 3 differences'
printf 'nonsense\n' >list
status 2 ./checksum files --check=list
said "list:1: a line is"

app log_analyser
status 2 ./log_analyser
status 1 ./log_analyser nowhere
said "nowhere: No such file"
status 1 ./log_analyser files
said "directory"
sh "$ROOT/examples/data/make_log" 3 log
printf 'no line end' >>log
status 0 ./log_analyser log
wanted=$(awk '{ n++ } / 200 [0-9]+ [0-9]+ms$/ { ok++ } !/ [0-9]+ [0-9]+ms$/ { bad++ }
    END { print n " lines, " bad " damaged " ok }' log)
[ "$(printf '%s' "$out" | awk 'NR == 1 { first = $0 } $1 == 200 { print first, $2; exit }')" = "$wanted" ] ||
    complain log_analyser "not $wanted: $out"
: >empty
status 0 ./log_analyser empty
printed '0 lines, 0 damaged
path                     hits        bytes   p50   p99'

app jsonl_summary
status 2 ./jsonl_summary
status 2 ./jsonl_summary nowhere
said "nowhere: no folder"
status 2 ./jsonl_summary files
said "no files"
status 2 ./jsonl_summary events --make=x
said "--make"
status 0 ./jsonl_summary events --make=30
[ "${out%% files*}" = "30000 events in 30" ] || complain jsonl_summary "$out"
printf '{"kind": "view",\n' >>events/f00007.jsonl
printf '\377\n{"kind": "view", "user": {"name": "x", "score": "high"}}\n' >>events/f00003.jsonl
status 1 ./jsonl_summary events
[ "${out%% files*}" = "30000 events in 30" ] || complain jsonl_summary "$out"
said "f00003.jsonl: line 1001"
said "f00003.jsonl: line 1002, column 49: user.score: a number was expected"
said "f00007.jsonl: line 100"

app dedup
status 2 ./dedup
status 2 ./dedup nowhere
said "nowhere: no folder"
cp -r "$ROOT/examples/data/twins" twins
ln -s ../one.txt twins/more/link
status 0 ./dedup twins --remove
status 0 ./dedup twins
printed "0 bytes could be saved"
[ "$(find twins -type f | wc -l)" = 5 ] || complain dedup "kept $(find twins -type f)"
[ -L twins/more/link ] || complain dedup "removed a link"

if "$WYNC" "$ROOT/examples/apps/todo.wyn" -o todo; then # where SQLite is
    status 0 ./todo --db=t.db add buy milk !!
    printed "task 1"
    status 0 ./todo --db=t.db list
    printed "  1 [ ] !!buy milk
1 task"
    status 1 ./todo --db=t.db fly
    said "unknown command 'fly'"
    status 1 ./todo --db=t.db done 7
    said "there is no task 7"
    status 1 ./todo --db=no/such/t.db
    said "no/such/t.db"
    status 1 ./todo --db=list
    said "not a database"
fi
finish
