# An installed compiler (bin/wync, lib/wyn) works from any place, also below a name with blanks.
. "$ROOT/tests/cli/common"
from=${WYNC%/*}
mkdir -p 'pre fix/bin' 'pre fix/lib/wyn'
cp "$WYNC" 'pre fix/bin/wync'
cp "$from/libwynrt.a" "$from"/wyn*.h 'pre fix/lib/wyn'
[ ! -f "$from/cc.flags" ] || cp "$from/cc.flags" 'pre fix/lib/wyn'
echo 'println([3, 1, 2].sorted())' >p.wyn
status 0 'pre fix/bin/wync' run p.wyn
printed '[1, 2, 3]'
ln -s 'pre fix/bin/wync' link
status 0 ./link p.wyn
status 0 ./p
printed '[1, 2, 3]'
rm 'pre fix/lib/wyn/libwynrt.a'
status 1 'pre fix/bin/wync' p.wyn
said "libwynrt.a"
finish
