#!/bin/sh
# embed.sh SET FILE...: an assembler file on standard output that holds every FILE and a table of
# struct embedded_file {const char *name; const unsigned char *bytes; size_t size;} in the order given.
# Each file is followed by a NUL that size does not count. Names keep their path from the project's root.
set -eu
set_name=$1
shift
n=0
echo '    .section .rodata'
for f in "$@"; do
    printf '    .balign 16\nembedded_%s_%d:\n    .incbin "%s"\nembedded_%s_%d_end:\n    .byte 0\n' \
        "$set_name" "$n" "$f" "$set_name" "$n"
    printf 'embedded_%s_%d_name:\n    .asciz "%s"\n' "$set_name" "$n" "${f#build/}"
    n=$((n + 1))
done
printf '    .section .data.rel.ro,"aw"\n    .balign 16\n    .globl embedded_%s\nembedded_%s:\n' "$set_name" "$set_name"
i=0
while [ "$i" -lt "$n" ]; do
    p=embedded_${set_name}_$i
    printf '    .quad %s_name, %s, %s_end - %s\n' "$p" "$p" "$p" "$p"
    i=$((i + 1))
done
printf '    .quad 0, 0, 0\n'
printf '    .section .rodata\n    .balign 8\n    .globl embedded_%s_count\nembedded_%s_count:\n    .quad %d\n' \
    "$set_name" "$set_name" "$n"
printf '    .section .note.GNU-stack,"",@progbits\n'
