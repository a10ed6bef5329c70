# wync doc: the reference of a program, its examples as programs, names without a comment.
. "$ROOT/tests/cli/common"
mkdir lib
cat >lib/shapes.wyn <<'END'
/// A rectangle with sides `w` and `h`, in metres.
pub struct Rect {
    w: float
    h: float = 1.0
    /// Its area in square metres.
    fn area(self) -> float => self.w * self.h
}
/// The square with this side; see <Rect>.
///     shapes.square(3.0).area()  // 9.0
pub fn square(side: float) -> Rect => Rect { w: side, h: side }
fn hidden() -> int => 1
/// What can happen.
/// ```
/// import { bare } from shapes
/// println(bare(2)) // expect: 3
/// ```
pub enum Event { Opened(int), Closed }
pub fn bare(n: int) -> int {
    return n + 1
}
END
status 0 "$WYNC" doc lib -o out
printed "out/index.html: 5 names in 3 groups"
for want in '<h3 id="Rect.area">' 'class=k>fn</span> square(side' '<a href="#Rect">Rect</a> =>' \
    'see &lt;Rect&gt;' 'class=n>9.0'; do
    case $want in *"=>") grep -q -- '-&gt; <a href="#Rect">Rect</a></pre>' out/index.html ;;
    *"9.0") grep -q '<span class=c>// 9.0' out/index.html ;;
    *) grep -qF "$want" out/index.html ;;
    esac || complain html "no $want"
done
grep -q shapes.hidden out/index.html && complain html "a function that is not public"
grep -qE '(src|href)="?[a-z]*:?//' out/index.html && complain html "it needs the network"
mkdir -p lib/deep
cat >lib/deep/index.wyn <<'END'
/// One.
///     index.one()  // 1
pub fn one() -> int => 1
END
cat >lib/index.wyn <<'END'
/// Two.
pub fn two() -> int => 2
END
status 0 "$WYNC" doc lib -o out
grep -q 'pub fn two' out/index_.md && grep -q '^\[deep.index\](deep.index.md): `one`$' out/index.md ||
    complain folders "$(ls out; cat out/index.md)"
cat >want.md <<'END'
# shapes

## square

```wyn
pub fn square(side: float) -> Rect
```

The square with this side; see &lt;Rect>.

```wyn
shapes.square(3.0).area()  // 9.0
```

See [Rect](Rect.md)

## bare

```wyn
pub fn bare(n: int) -> int
```

END
diff want.md out/shapes.md >diff.txt || complain markdown "$(cat diff.txt)"
grep -q '^\[Event\](Event.md): `Event`$' out/index.md || complain index "$(cat out/index.md)"
status 1 "$WYNC" doc lib --missing
printed "lib/shapes.wyn:18: pub fn bare(n: int) -> int has no /// comment"
status 0 "$WYNC" doc lib --examples -o examples
status 0 "$WYNC" test examples
status 1 "$WYNC" doc
said "doc needs a FILE or folder, or --std"
status 1 "$WYNC" doc nowhere.wyn
said "cannot read nowhere.wyn"
echo "println(1)" >plain.wyn
status 0 "$WYNC" doc plain.wyn
said "nothing in plain.wyn is public or has a /// comment"
echo 'fn (' >broken.wyn
status 3 "$WYNC" doc broken.wyn
said "broken.wyn:1"
status 0 "$WYNC" doc --std out2
[ -s out2/string.md ] && grep -q '<a href="#Result">Result</a>' out2/index.html ||
    complain std "no reference of the library"
finish
