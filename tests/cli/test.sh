# wync test: blocks and expect comments, summary, failure when nothing ran.
. "$ROOT/tests/cli/common"
status 1 "$WYNC" test
said "no tests found"
status 1 "$WYNC" test nowhere
mkdir -p t/deep
printf 'println("a") // expect: a\nprintln(1 + 1) // expect: 2\n' >t/good.wyn
printf 'println("a") // expect: b\n' >t/deep/bad.wyn
printf 'fn double(n: int) -> int {\n    return n * 2\n}\nfn main() {\n    println(double(4))\n}\n' >t/blocks.wyn
printf 'test "doubles" {\n    assert_eq(double(4), 8)\n}\ntest "of zero" {\n    assert_eq(double(0), 0)\n}\n' \
    >>t/blocks.wyn
printf 'pub fn helper() -> int { return 1 }\n' >t/helper.wyn
status 0 "$WYNC" test t/good.wyn
case $out in *"1 passed, 0 failed") ;; *) complain test "summary: $out" ;; esac
status 0 "$WYNC" test t/blocks.wyn
case $out in *"2 passed, 0 failed") ;; *) complain test "summary: $out" ;; esac
status 1 "$WYNC" test t
case $out in *"3 passed, 1 failed") ;; *) complain test "summary: $out" ;; esac
case $out in *"✗ t/deep/bad.wyn"*) ;; *) complain test "names no failure: $out" ;; esac
status 0 "$WYNC" test t --filter good
case $out in *"1 passed, 0 failed") ;; *) complain test "filter: $out" ;; esac
status 1 "$WYNC" test t --filter nothing
status 0 "$WYNC" test t --filter 'of zero'
case $out in *"1 passed, 0 failed") ;; *) complain test "filter of blocks: $out" ;; esac
printf 'test "wrong" {\n    assert_eq(1, 2)\n}\ntest "breaks" {\n    xs = [1]\n    println(xs[5])\n}\ntest "right" {\n    assert(true)\n}\n' >w.wyn
status 1 "$WYNC" test w.wyn
case $out in *"1 passed, 2 failed") ;; *) complain test "summary: $out" ;; esac
printf 'while true { }\n// expect: never\n' >slow.wyn
status 1 "$WYNC" test --timeout 2 slow.wyn
case $out in *"stopped after 2 s"*) ;; *) complain test "timeout: $out" ;; esac
printf 'println(nope) // expect: x\n' >broken.wyn
status 1 "$WYNC" test broken.wyn
case $out in *E0301*) ;; *) complain test "no diagnostic: $out" ;; esac
finish
