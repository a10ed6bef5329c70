# libraries.sh [defines] - the C libraries behind modules of the standard library, as pkg-config finds
# them: one line each of prefix of the native functions, module, Debian package, and the linker's
# flags, or `missing`. wync links a program with those whose functions it calls. With `defines`: the
# flags that the runtime is compiled with.
row() { # PREFIX MODULE PACKAGE NAME
    if found=$(pkg-config --libs "$4" 2>/dev/null); then
        name=${1#wyn_}
        defines="$defines -DWYN_HAVE_$(echo "${name%_}" | tr a-z A-Z) $(pkg-config --cflags "$4")"
        rows="$rows$1 $2 $3 $found
"
    else
        rows="$rows$1 $2 $3 missing
"
    fi
}
row wyn_regex_ Regex libpcre2-dev libpcre2-8
row wyn_db_ Db libsqlite3-dev sqlite3
row wyn_zlib_ Compress zlib1g-dev zlib
row wyn_zstd_ Compress libzstd-dev libzstd
row wyn_bcrypt_ Bcrypt libcrypt-dev libcrypt
row wyn_unicode_ Unicode libutf8proc-dev libutf8proc
if [ "$1" = defines ]; then echo "$defines"; else printf %s "$rows"; fi
