### `[[ =~ ]]`, 1 to 7
t() { if [[ $1 =~ $2 ]]; then echo "0 [${BASH_REMATCH[*]/#/<}]"; else echo "$? -"; fi; }
t '*' '*'
t 'a)' 'a)'
t 'ab' '(a|ab)(c|bcd)?'
t 'abcd' '(a|ab)(c|bcd)(d*)'
t $'a\nb' 'a.b'
t 'a{' 'a{'
t 'aa' 'a{2}'
### `[[ =~ ]]`, 8 to 14
t() { if [[ $1 =~ $2 ]]; then echo "0 [${BASH_REMATCH[*]/#/<}]"; else echo "$? -"; fi; }
t 'aab' 'a**b'
t 'xx' '(x)\1'
t 'foo' '\<foo\>'
t 'd' '\d'
t 'a' 'a|*b'
t '' '()'
t 'a' '(b)?a'
### `[[ =~ ]]`, 15 to 21
t() { if [[ $1 =~ $2 ]]; then echo "0 [${BASH_REMATCH[*]/#/<}]"; else echo "$? -"; fi; }
t 'ab' 'a?(ab)?'
t 'foobar' 'foo|foobar'
t 'a+' 'a\+'
t 'a' '[[:alpha:]'
t 'a]' 'a]'
t '(' '('
t 'aaa' 'a{1,2}'
### `[[ =~ ]]`, 22 to 28
t() { if [[ $1 =~ $2 ]]; then echo "0 [${BASH_REMATCH[*]/#/<}]"; else echo "$? -"; fi; }
t 'a,b' '^[^,]*,'
t '{' '{'
t 'a{1' 'a{1'
t 'a' 'a{3,1}'
t 'é' '^.$'
t 'x' '^*x'
t 'x' '(*x)'
### `[[ =~ ]]`, 29 to 35
t() { if [[ $1 =~ $2 ]]; then echo "0 [${BASH_REMATCH[*]/#/<}]"; else echo "$? -"; fi; }
t 'x' 'x++'
t 'A' '[[:lower:]]'
t '\' '[\]'
t 'a\b' 'a\\b'
t ab 'a\b'
t 'abab' '(ab)*'
t 'abcabc' '((a|b)|c)*'
### `[[ =~ ]]`, 36 to 41
t() { if [[ $1 =~ $2 ]]; then echo "0 [${BASH_REMATCH[*]/#/<}]"; else echo "$? -"; fi; }
t 'a' '[[=a=]]'
t 'a' '[[.a.]]'
t '-' '[a-]'
t 'b' '[z-a]';  t 'a' '|a'
t 'a' 'a||b'
t 'q' '\q'
### what matches is the longest, not what is tried first
shopt -s extglob
x=foobarfoo; echo ${x/@(foo|foobar)/_} ${x//@(fo|foo)/_} ${x##@(f|foo|fo)} ${x#@(foo|f)} ${x%%@(o|foo)} ${x%@(foo|o)}
[[ $x =~ (foo|foobar)(barfoo)? ]] && echo "${BASH_REMATCH[@]}"
### empty matches of a replacement
shopt -s extglob
x=axb; echo "1${x//?(x)/-}" "2${x//*/-}" "3${x//*(q)/-}" "4${x/?(q)/-}"; x=; echo "5${x//*/-}" "6${x/*/-}" "7${x//?(q)/-}" "8${x/#/-}" "9${x//x/-}"  "a${x/%/-}"; x=abc; echo "b${x//#/-}" "c${x//%/-}" "d${x//c*/-}" "e${x//*c/-}" "f${x//*([a-b])/-}" "g${x/%?(c)/-}" "h${x/#?(q)/-}"
### a back-reference that is written out is a digit
[[ xx =~ ^(x)\1$ ]]; echo $?
[[ xx1 =~ ^(x)x\1$ ]]; echo $?
x='^(x)\1$'; [[ xx =~ $x ]]; echo $?
