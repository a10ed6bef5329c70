# embed.sh - prints a C file that carries the named files: stdlib/*.wyn and compiler/explain/*.md
# as the tables of compiler/base/embed.h.
texts() {
    for f; do
        n=$((n + 1))
        echo "static const char text_$n[] ="
        LC_ALL=C sed -e 's/\\/\\\\/g; s/"/\\"/g; s/^/    "/; s/$/\\n"/' \
            -e 's/\xE2\x80\xAE/\\342\\200\\256/g' "$f" # gcc warns of bidi controls
        echo '    "";'
    done
}
table() {
    name=$1 suffix=$2 at=0 count=0
    shift 2
    echo "const EmbeddedFile $name[] = {"
    for f; do
        at=$((at + 1))
        case $f in *"$suffix")
            echo "    {\"${f##*/}\", text_$at, sizeof text_$at - 1},"
            count=$((count + 1)) ;;
        esac
    done
    echo '    {0, 0, 0}};'
    echo "const u32 ${name}_count = $count;"
}
echo '/* Made by compiler/driver/embed.sh. */'
echo '#include "compiler/base/embed.h"'
n=0
texts "$@"
table embedded_std .wyn "$@"
table embedded_explain .md "$@"
