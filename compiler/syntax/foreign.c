/* foreign.c - words of other languages and what Wyn has instead. They are not reserved: a message
 * appears only where the word cannot be a name that the program declares. */
#include "parse.h"

static const struct { const char *word, *instead; } words[] = {
    {"let", "declare with 'var x = ...' or plain 'x = ...'"},
    {"function", "write 'fn name(...) { ... }'"},
    {"func", "write 'fn name(...) { ... }'"},
    {"fun", "write 'fn name(...) { ... }'"},
    {"def", "write 'fn name(...) { ... }'"},
    {"proc", "write 'fn name(...) { ... }'"},
    {"lambda", "write '(x) => ...' or '|x| ...'"},
    {"class", "write 'struct'; methods stand inside it or in 'impl'"},
    {"object", "write 'struct'"},
    {"interface", "write 'trait'"},
    {"try", "a function that may fail returns a Result; '?' passes its error on"},
    {"catch", "match on the Result: 'match r { Ok(v) => ..., Err(e) => ... }'"},
    {"except", "match on the Result: 'match r { Ok(v) => ..., Err(e) => ... }'"},
    {"finally", "use 'defer'"},
    {"throw", "return 'Err(...)', or panic(...)"},
    {"raise", "return 'Err(...)', or panic(...)"},
    {"elif", "write 'else if'"},
    {"elseif", "write 'else if'"},
    {"elsif", "write 'else if'"},
    {"then", "write 'if c { ... }'"},
    {"unless", "write 'if not c { ... }'"},
    {"until", "write 'while not c { ... }'"},
    {"switch", "write 'match x { a => ..., _ => ... }'"},
    {"case", "arms of 'match' are written 'pattern => ...'"},
    {"do", "write 'while true { ... if done { break } }'"},
    {"loop", "write 'while true { ... }'"},
    {"foreach", "write 'for x in xs { ... }'"},
    {"new", "write 'P { x: 1 }' or 'P.new(...)'"},
    {"null", "write 'none'"},
    {"nil", "write 'none'"},
    {"undefined", "write 'none'"},
    {"NULL", "write 'none'"},
    {"True", "write 'true'"},
    {"False", "write 'false'"},
    {"this", "write 'self'"},
    {"console", "write 'println(...)'"},
    {"include", "write 'import name'"},
    {"require", "write 'import name'"},
    {"use", "write 'import name'"},
    {"using", "write 'import name'"},
    {"package", "a file is a module; its name is the name of the file"},
    {"public", "write 'pub'"},
    {"private", "what is not 'pub' is private"},
    {"static", "a method without 'self' is static"},
    {"pass", "leave the block empty: '{}'"},
    {"del", "use xs.remove(i) or m.remove(k)"},
    {"async", "any call can be spawned: 'f = spawn g()', then 'await f'"},
    {"typedef", "write 'type Name = ...'"},
};

const char *foreign_word(Str word) {
    for (u32 i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(str_c(words[i].word), word)) return words[i].instead;
    return NULL;
}
