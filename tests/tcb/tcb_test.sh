#!/bin/sh
# The trusted code base is as small as promised, and the tool that says so can
# count: a counter that overlooks code would always be content.
. "$SRC/tests/lib/tap.sh"

# lines TEXT: as tools/code-lines counts it.
lines() {
	printf '%s\n' "$1" >"$T/sample.c"
	"$SRC/tools/code-lines" "$T/sample.c"
}

is "$(lines '')" 0 "nothing"
is "$(lines 'int a;

	
int b;')" 2 "blank lines"
is "$(lines '/* one */
// two
/* three
   four */ // five')" 0 "comments"
is "$(lines '/* one */ int a;
int b; /* two
three */ int c;')" 3 "code beside comments"
is "$(lines 'char *a = "/*";
int b;
char *c = "*/";')" 3 "a comment in a string is none"
is "$(lines "int a = '\"';
int b; /* ' */
int c = '/'; // */
int d = '\\\\'; /* ' */")" 4 "nor in a character constant"
is "$(lines 'char *a = "\"/*";
int b;')" 2 "an escaped quote"
is "$(lines '// a comment that goes on \
int a;
int b;')" 1 "a comment that a backslash continues"
is "$(lines '#define A(x)	\
	do {		\
	} while (0)')" 3 "each line of a macro counts"
is "$(lines '/**/ int a; /*/ int b; /**/')" 1 "comments side by side"

cd "$SRC" || exit 1
counted=$(tools/tcb "$BUILD")
own=$(echo "$counted" | sed -n 's/^manager\/: \([0-9]*\) of .*/\1/p')
all=$(echo "$counted" | sed -n 's/.*launcher: \([0-9]*\) of .*/\1/p')
diag "$counted"
ok "manager/ is within its limit" [ "$own" -le 1000 ]
ok "all that manager and launcher are linked from is within its limit" \
    [ "$all" -le 3000 ]
# Once more with code that is too much: the tool must see it and say no.
mkdir -p "$T/build/obj/manager"
cp -r "$BUILD/map" "$T/build/map"
sed -i "s,[^ ]*obj/,$T/build/obj/,; s,[^ ]*lib/lib\([a-z]*\.a(\),$T/build/lib/lib\1," \
    "$T"/build/map/*.map
cp -r "$BUILD/obj" "$T/build"
yes 'int a;' | head -n 4000 >"$T/much.c"
sed -i "s,\$, $T/much.c," "$T/build/obj/manager/main.d"
not "what is too much is refused" tools/tcb "$T/build"
# Filters that were compiled before count as the tables that they are made of.
cp "$BUILD/obj/manager/main.d" "$T/build/obj/manager/main.d"
ok "the copy is as good as the build" tools/tcb "$T/build"
like "$(tools/sources "$T/build" launcher)" \
    '^policy [1-9][0-9]* jail/outer\.c launcher$' "the launcher's policies count"
sed -i '/filters\.o/d' "$T/build/map/launcher.map"
not "a launcher without policies is refused" tools/tcb "$T/build"
rm "$T/build/map/manager.map"
not "no manager at all is refused" tools/tcb "$T/build"

done_testing
