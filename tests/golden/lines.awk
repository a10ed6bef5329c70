# The C of --dump=c without the line numbers of the library, which change with each of its comments.
/^#line [0-9]+ "/ { library = index($0, "\"std/") > 0 }
/^#line / && library { $2 = "N" }
{ print }
